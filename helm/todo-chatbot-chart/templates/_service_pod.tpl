{{/* The three services are the same to Kubernetes: one definition each, filled with the component's values.
     All of them take a dict: root, component (backend, ai-agent, frontend), values. */}}

{{/* Settings that are no secrets, as the data of a ConfigMap. Later ones win. */}}
{{- define "todo.settings" -}}
{{- $root := .root -}}
{{- $fullname := include "todo.fullname" $root -}}
{{- $data := dict
      "ENVIRONMENT" (default "production" ($root.Values.config).environment)
      "LOG_LEVEL" (default "INFO" ($root.Values.config).logLevel)
      "LOG_FORMAT" "json"
      "DRAIN_SECONDS" (toString .values.shutdown.drainSeconds)
      "PORT" (include "todo.port" .component)
      "METRICS_PORT" "9464"
      "FRONTEND_URL" (include "todo.frontendUrl" $root) -}}
{{- if ne .component "backend" -}}
{{- $_ := set $data "BACKEND_URL" (printf "http://%s-backend:8000" $fullname) -}}
{{- else -}}
{{- $_ := set $data "TRUSTED_PROXIES" "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,127.0.0.0/8,::1/128" -}}
{{- end -}}
{{- if eq .component "frontend" -}}
{{- $_ := set $data "AI_AGENT_URL" (printf "http://%s-ai-agent:8001" $fullname) -}}
{{- end -}}
{{- range $name, $value := ($root.Values.config).extra }}{{ $_ := set $data $name (toString $value) }}{{ end -}}
{{- range $name, $value := .values.config }}{{ $_ := set $data $name (toString $value) }}{{ end -}}
{{- toYaml $data -}}
{{- end -}}

{{/* Which keys of the Secret a component may see: needed ones, then optional ones. */}}
{{- define "todo.secretKeys" -}}
{{- if eq . "backend" -}}
needed: [JWT_SECRET, AI_AGENT_CLIENT_SECRET]
optional: [JWT_SECRET_PREVIOUS, AI_AGENT_CLIENT_SECRET_PREVIOUS, SMTP_URL, RESEND_API_KEY]
{{- else if eq . "ai-agent" -}}
needed: [AI_AGENT_CLIENT_SECRET]
optional: [OPENAI_API_KEY]
{{- else -}}
needed: []
optional: []
{{- end -}}
{{- end -}}

{{/* One read-only volume with a file per secret. Files, because an environment is too easily shown. */}}
{{- define "todo.credentialsVolume" -}}
{{- $keys := include "todo.secretKeys" .component | fromYaml -}}
- name: credentials
  projected:
    defaultMode: 0440
    sources:
      {{- if $keys.needed }}
      - secret:
          name: {{ include "todo.credentialsName" .root }}
          items:
            {{- range $keys.needed }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      - secret:
          name: {{ include "todo.credentialsName" .root }}
          optional: true
          items:
            {{- range $keys.optional }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      {{- end }}
      {{- if eq .component "backend" }}
      - secret:
          name: {{ include "todo.databaseSecretName" .root }}
          items:
            - {key: {{ include "todo.databaseUrlKey" .root }}, path: DATABASE_URL}
      {{- end }}
{{- end -}}

{{- define "todo.env" -}}
env:
  {{- if ne .component "frontend" }}
  - {name: SECRETS_DIR, value: /run/todo/credentials}
  {{- end }}
  - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
  - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
  - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
  - {name: OTEL_SERVICE_NAME, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app.kubernetes.io/component']"}}}
  {{- with .values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
envFrom:
  - configMapRef:
      name: {{ include "todo.fullname" .root }}-{{ .component }}
  {{- with .values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "todo.mounts" -}}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if ne .component "frontend" }}
  - {name: credentials, mountPath: /run/todo/credentials, readOnly: true}
  {{- end }}
  {{- with .values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "todo.probe" -}}
{{ .name }}:
  httpGet: {path: {{ .path }}, port: http}
  {{- toYaml .timing | nindent 2 }}
{{- end -}}

{{- define "todo.waitForSchema" -}}
initContainers:
  - name: wait-for-schema
    image: {{ include "todo.image" (dict "root" .root "image" .values.image) }}
    imagePullPolicy: {{ .values.image.pullPolicy }}
    command: [python, -m, todo_backend.wait_for_schema, --timeout, {{ default 300 (.root.Values.migrations).waitSeconds | quote }}]
    {{- include "todo.env" . | nindent 4 }}
    {{- include "todo.containerSecurityContext" . | nindent 4 }}
    resources:
      {{- toYaml .values.resources | nindent 6 }}
    terminationMessagePolicy: FallbackToLogsOnError
    {{- include "todo.mounts" . | nindent 4 }}
{{- end -}}

{{- define "todo.serviceContainer" -}}
- name: {{ .component }}
  image: {{ include "todo.image" (dict "root" .root "image" .values.image) }}
  imagePullPolicy: {{ .values.image.pullPolicy }}
  {{- include "todo.env" . | nindent 2 }}
  {{- include "todo.containerSecurityContext" . | nindent 2 }}
  ports:
    - {name: http, containerPort: {{ include "todo.port" .component }}, protocol: TCP}
    - {name: metrics, containerPort: 9464, protocol: TCP}
  {{- include "todo.probe" (dict "name" "startupProbe" "path" "/health" "timing" .values.probes.startup) | nindent 2 }}
  {{- include "todo.probe" (dict "name" "livenessProbe" "path" "/health" "timing" .values.probes.liveness) | nindent 2 }}
  {{- include "todo.probe" (dict "name" "readinessProbe" "path" "/ready" "timing" .values.probes.readiness) | nindent 2 }}
  resources:
    {{- toYaml .values.resources | nindent 4 }}
  terminationMessagePolicy: FallbackToLogsOnError
  {{- include "todo.mounts" . | nindent 2 }}
{{- end -}}

{{- define "todo.podAnnotations" -}}
kubectl.kubernetes.io/default-container: {{ .component }}
checksum/config: {{ include "todo.settings" . | sha256sum }}
{{- if ne .component "frontend" }}
checksum/credentials: {{ printf "%s %s %s" (toJson (.root.Values.secrets).values) (.root.Values.secrets).existingSecret (.root.Values.secrets).revision | sha256sum }}
{{- end }}
{{- with .values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "todo.spread" -}}
topologySpreadConstraints:
  {{- if .values.topologySpreadConstraints }}
  {{- toYaml .values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "todo.selectorLabels" $ | nindent 8 }}
  {{- end }}
  {{- end }}
{{- end -}}
