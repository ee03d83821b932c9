{{/* The objects around a service's pods; the dict of _service_pod.tpl. */}}

{{- define "todo.deployment" -}}
{{- $scope := merge (dict "suffix" .component "account" .component) . -}}
{{- $shutdown := .values.shutdown -}}
apiVersion: apps/v1
kind: Deployment
{{ include "todo.metadata" $scope }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicaCount }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: {{ .values.rollout.minReadySeconds }}
  progressDeadlineSeconds: {{ .values.rollout.progressDeadlineSeconds }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: {{ .values.rollout.maxSurge }}
      maxUnavailable: {{ .values.rollout.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "todo.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "todo.labels" . | nindent 8 }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- include "todo.podAnnotations" . | nindent 8 }}
    spec:
      {{- include "todo.podBasics" $scope | nindent 6 }}
      terminationGracePeriodSeconds: {{ add $shutdown.drainSeconds 20 $shutdown.extraSeconds }}
      {{- include "todo.spread" . | nindent 6 }}
      {{- with include "todo.placement" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if eq .component "backend" }}
      {{- include "todo.waitForSchema" . | nindent 6 }}
      {{- end }}
      containers:
        {{- include "todo.serviceContainer" . | nindent 8 }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- if ne .component "frontend" }}
        {{- include "todo.credentialsVolume" . | nindent 8 }}
        {{- end }}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{- define "todo.configMap" -}}
apiVersion: v1
kind: ConfigMap
{{ include "todo.metadata" (merge (dict "suffix" .component) .) }}
data:
  {{- include "todo.settings" . | nindent 2 }}
{{- end -}}

{{- define "todo.service" -}}
apiVersion: v1
kind: Service
{{ include "todo.metadata" (merge (dict "suffix" .component "annotations" .values.service.annotations) .) }}
spec:
  type: ClusterIP
  {{- with .values.service.ipFamilyPolicy }}
  ipFamilyPolicy: {{ . }}
  {{- end }}
  ports:
    - {name: http, port: {{ include "todo.port" .component }}, targetPort: http, protocol: TCP}
    - {name: metrics, port: 9464, targetPort: metrics, protocol: TCP}
  selector:
    {{- include "todo.selectorLabels" . | nindent 4 }}
{{- end -}}

{{- define "todo.autoscaler" -}}
{{- with .values.autoscaling }}
{{- if .enabled -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
{{ include "todo.metadata" (merge (dict "suffix" $.component) $) }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "todo.fullname" $.root }}-{{ $.component }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .targetCPU }}}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      selectPolicy: Max
      policies:
        - {type: Percent, value: 100, periodSeconds: 15}
        - {type: Pods, value: 4, periodSeconds: 15}
    scaleDown:
      stabilizationWindowSeconds: {{ .scaleDownStabilizationSeconds }}
      policies:
        - {type: Percent, value: 50, periodSeconds: 60}
{{- end }}
{{- end }}
{{- end -}}

{{- define "todo.disruptionBudget" -}}
{{- $sure := ternary .values.autoscaling.minReplicas .values.replicaCount .values.autoscaling.enabled | int -}}
{{- if and .values.pdb.enabled (gt $sure 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
{{ include "todo.metadata" (merge (dict "suffix" .component) .) }}
spec:
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "todo.selectorLabels" . | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* Everything of one service, as one stream of documents. */}}
{{- define "todo.everything" -}}
{{- range $part := list "serviceAccount" "configMap" "deployment" "service" "autoscaler" "disruptionBudget" }}
{{- with include (printf "todo.%s" $part) (merge (dict "suffix" $.component) $) | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}
