{{/* The pod that backs up, verifies or restores. root, component, script, env (a list), claim (read-only or not), database. */}}
{{- define "todo.backupPod" -}}
{{- $root := .root -}}
{{- $scope := merge (dict "uid" 999 "account" "backup") . -}}
metadata:
  labels:
    {{- include "todo.labels" $scope | nindent 4 }}
spec:
  {{- include "todo.podBasics" $scope | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: {{ .component }}
      image: {{ include "todo.image" (dict "root" $root "image" $root.Values.postgresql.image) }}
      imagePullPolicy: {{ $root.Values.postgresql.image.pullPolicy }}
      command: [bash, /opt/todo/{{ .script }}]
      env:
        - {name: HOME, value: /tmp}
        - {name: BACKUPS, value: /backups}
        {{- range $name, $value := .env }}
        - {name: {{ $name }}, value: {{ $value | toString | quote }}}
        {{- end }}
      {{- include "todo.containerSecurityContext" $scope | nindent 6 }}
      resources:
        {{- toYaml $root.Values.backup.resources | nindent 8 }}
      terminationMessagePolicy: FallbackToLogsOnError
      volumeMounts:
        - {name: scripts, mountPath: /opt/todo, readOnly: true}
        - {name: backups, mountPath: /backups}
        - {name: tmp, mountPath: /tmp}
        {{- if .database }}
        - {name: credentials, mountPath: /run/todo/credentials, readOnly: true}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "todo.fullname" $root }}-backup}
    - name: backups
      persistentVolumeClaim:
        claimName: {{ default (printf "%s-backup" (include "todo.fullname" $root)) $root.Values.backup.storage.existingClaim }}
    - name: tmp
      emptyDir: {sizeLimit: 2Gi}
    {{- if .database }}
    - name: credentials
      secret:
        secretName: {{ include "todo.databaseSecretName" $root }}
        defaultMode: 0440
        items: [{key: {{ include "todo.databaseUrlKey" $root }}, path: DATABASE_URL}]
    {{- end }}
{{- end -}}

{{- define "todo.cronSpec" -}}
schedule: {{ .schedule | quote }}
{{- with .timeZone }}
timeZone: {{ . }}
{{- end }}
concurrencyPolicy: Forbid
startingDeadlineSeconds: 3600
successfulJobsHistoryLimit: 3
failedJobsHistoryLimit: 3
{{- end -}}
