{{- define "greenkube.name" -}}
{{- if contains "greenkube" .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-greenkube" .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "greenkube.selector" -}}
app.kubernetes.io/name: greenkube
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "greenkube.labels" -}}
{{ include "greenkube.selector" . }}
app.kubernetes.io/component: exporter
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
