{{/* What the schema cannot say. Collects every mistake, so that nobody has to try again for each. */}}
{{- define "todo.validate" -}}
{{- $wrong := list -}}
{{- $secrets := default dict .Values.secrets -}}
{{- $given := default dict $secrets.values -}}
{{- $production := eq (default "production" (.Values.config).environment) "production" -}}
{{- if not $secrets.existingSecret -}}
  {{- range $key := list "JWT_SECRET" "AI_AGENT_CLIENT_SECRET" -}}
    {{- if not (get $given $key) -}}
      {{- $wrong = append $wrong (printf "Set secrets.existingSecret to the name of a Secret with the key %s (or, to try things out, secrets.values.%s to a text of 32 characters or more)." $key $key) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if (.Values.postgresql).enabled -}}
  {{- if not (or .Values.postgresql.auth.existingSecret .Values.postgresql.auth.password) -}}
    {{- $wrong = append $wrong "Set postgresql.auth.existingSecret to the name of a Secret with the keys password and DATABASE_URL (or, to try things out, postgresql.auth.password)." -}}
  {{- end -}}
{{- else if not (.Values.externalDatabase).existingSecret -}}
  {{- $wrong = append $wrong "Set externalDatabase.existingSecret to the name of a Secret with the address of your PostgreSQL under the key DATABASE_URL, or set postgresql.enabled to true." -}}
{{- end -}}
{{- $ingress := default dict .Values.ingress -}}
{{- $route := default dict .Values.httpRoute -}}
{{- if and $ingress.enabled (not $ingress.hosts) -}}
  {{- $wrong = append $wrong "Set ingress.hosts to the host name of the web page, for example --set 'ingress.hosts={todo.example.org}', or set ingress.enabled to false." -}}
{{- end -}}
{{- if and $ingress.enabled $production (not $ingress.tls) -}}
  {{- $wrong = append $wrong "Set ingress.tls to the Secret with the certificate, for example --set 'ingress.tls[0].secretName=todo-tls' --set 'ingress.tls[0].hosts={todo.example.org}'; production is not served without TLS." -}}
{{- end -}}
{{- if and $route.enabled (not (and $route.parentRefs $route.hostnames)) -}}
  {{- $wrong = append $wrong "Set httpRoute.parentRefs and httpRoute.hostnames to your Gateway and the host name of the web page." -}}
{{- end -}}
{{- if and $production (not (.Values.config).frontendUrl) (not (and $ingress.enabled $ingress.hosts)) (not (and $route.enabled $route.hostnames)) (not $ingress.enabled) -}}
  {{- $wrong = append $wrong "Set config.frontendUrl to the public address of the web page, for example https://todo.example.org." -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n\n%s\n" (join "\n" $wrong)) -}}
{{- end -}}
{{- end -}}
