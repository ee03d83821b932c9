{{/* A NetworkPolicy for one component. root, component, ingress and egress: lists of rendered rules. */}}
{{- define "todo.networkPolicy" -}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{{ include "todo.metadata" (merge (dict "suffix" .component) .) }}
spec:
  podSelector:
    matchLabels:
      {{- include "todo.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- $ingress := .ingress | compact }}
  {{- $egress := .egress | compact }}
  {{- if $ingress }}
  ingress:
    {{- range $ingress }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  {{- end }}
  {{- if $egress }}
  egress:
    {{- range $egress }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  {{- end }}
{{ end -}}

{{/* Peers of this release by component. root, direction (from or to), components, port. */}}
{{- define "todo.peers" -}}
- {{ .direction }}:
    {{- range .components }}
    - podSelector:
        matchLabels:
          {{- include "todo.selectorLabels" (dict "root" $.root "component" .) | nindent 10 }}
    {{- end }}
  ports: [{port: {{ .port }}, protocol: TCP}]
{{- end -}}

{{/* Pods of other namespaces. selector (may be null: nobody), port. */}}
{{- define "todo.fromNamespaces" -}}
{{- if not (kindIs "invalid" .selector) -}}
- from:
    - namespaceSelector: {{ toJson .selector }}
  ports: [{port: {{ .port }}, protocol: TCP}]
{{- end -}}
{{- end -}}

{{- define "todo.toDns" -}}
{{- with .Values.networkPolicy.dns -}}
- to:
    - namespaceSelector: {{ toJson .namespaceSelector }}
      podSelector: {{ toJson .podSelector }}
    {{- range .cidrs }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  ports: {{ toJson .ports }}
{{- end -}}
{{- end -}}

{{/* Addresses outside. cidrs, except, ports. */}}
{{- define "todo.toOutside" -}}
- to:
    {{- $except := .except }}
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . }}
        {{- /* An exception must lie inside its block, which only the whole address space is sure to fulfil. */}}
        {{- if and $except (eq . "0.0.0.0/0") }}
        except: {{ toJson $except }}
        {{- end }}
    {{- end }}
  ports:
    {{- range .ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end -}}

{{- define "todo.toDatabase" -}}
{{- if (.Values.postgresql).enabled -}}
{{- include "todo.peers" (dict "root" . "direction" "to" "components" (list "postgresql") "port" 5432) -}}
{{- else -}}
{{- include "todo.toOutside" (dict "cidrs" .Values.externalDatabase.cidrs "ports" (list .Values.externalDatabase.port)) -}}
{{- end -}}
{{- end -}}
