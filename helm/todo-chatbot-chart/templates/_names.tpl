{{/* Prefix of every object's name; short enough that the longest suffix fits into a CronJob's 52 characters. */}}
{{- define "todo.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 36 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- printf "%s-%s" .Release.Name $name | trunc 36 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "todo.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* Labels that select pods: they must never change, so no version and nothing that a user may set. */}}
{{- define "todo.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "todo.labels" -}}
{{ include "todo.selectorLabels" . }}
app.kubernetes.io/part-of: todo-chatbot
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata: of an object. root, component, suffix (of the name), annotations. */}}
{{- define "todo.metadata" -}}
metadata:
  name: {{ include "todo.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
  namespace: {{ include "todo.namespace" .root }}
  labels:
    {{- include "todo.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* registry/repository:tag@digest. root, image. */}}
{{- define "todo.image" -}}
{{- $registry := (.root.Values.global).imageRegistry -}}
{{- with $registry }}{{ . | trimSuffix "/" }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest -}}@{{ .image.digest }}{{- else -}}:{{ default .root.Chart.AppVersion .image.tag }}{{- end -}}
{{- end -}}

{{/* Name of the Secret with the services' own secrets. */}}
{{- define "todo.credentialsName" -}}
{{- default (printf "%s-credentials" (include "todo.fullname" .)) (.Values.secrets).existingSecret -}}
{{- end -}}

{{/* Name of the Secret with DATABASE_URL, and the key in it. */}}
{{- define "todo.databaseSecretName" -}}
{{- if (.Values.postgresql).enabled -}}
{{- default (printf "%s-postgresql" (include "todo.fullname" .)) .Values.postgresql.auth.existingSecret -}}
{{- else -}}
{{- (.Values.externalDatabase).existingSecret -}}
{{- end -}}
{{- end -}}
{{- define "todo.databaseUrlKey" -}}
{{- if (.Values.postgresql).enabled -}}DATABASE_URL{{- else -}}{{ default "DATABASE_URL" (.Values.externalDatabase).urlKey }}{{- end -}}
{{- end -}}

{{- define "todo.port" -}}
{{- get (dict "backend" 8000 "ai-agent" 8001 "frontend" 3000) . -}}
{{- end -}}

{{/* Address that browsers use. */}}
{{- define "todo.frontendUrl" -}}
{{- $ingress := default dict .Values.ingress -}}
{{- $route := default dict .Values.httpRoute -}}
{{- if (.Values.config).frontendUrl -}}
{{- .Values.config.frontendUrl | trimSuffix "/" -}}
{{- else if and $ingress.enabled $ingress.hosts -}}
{{- ternary "https" "http" (not (empty $ingress.tls)) -}}://{{ first $ingress.hosts }}
{{- else if and $route.enabled $route.hostnames -}}
https://{{ first $route.hostnames }}
{{- else -}}
http://localhost:3000
{{- end -}}
{{- end -}}

{{- define "todo.storageClass" -}}
{{- $class := default (.root.Values.global).storageClass .class -}}
{{- if eq (toString $class) "-" }}
storageClassName: ""
{{- else if $class }}
storageClassName: {{ $class }}
{{- end -}}
{{- end -}}
