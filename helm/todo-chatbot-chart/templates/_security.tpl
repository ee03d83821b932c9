{{/* Pod Security Standard "restricted", at both levels, for every pod. root, uid (10001 unless given). */}}
{{- define "todo.podSecurityContext" -}}
{{- $uid := default 10001 .uid -}}
securityContext:
  runAsNonRoot: true
  {{- if not (.root.Values.openshift).enabled }}
  runAsUser: {{ $uid }}
  runAsGroup: {{ $uid }}
  fsGroup: {{ $uid }}
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "todo.containerSecurityContext" -}}
{{- $uid := default 10001 .uid -}}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  {{- if not (.root.Values.openshift).enabled }}
  runAsUser: {{ $uid }}
  runAsGroup: {{ $uid }}
  {{- end }}
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* What every pod of the chart begins with. root, uid, account. */}}
{{- define "todo.podBasics" -}}
serviceAccountName: {{ include "todo.fullname" .root }}-{{ .account }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with (.root.Values.global).imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{ include "todo.podSecurityContext" . }}
{{- end -}}

{{/* Where the pods of one component may run. values, root, component. */}}
{{- define "todo.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "todo.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
{{ include "todo.metadata" . }}
automountServiceAccountToken: false
{{- end -}}
