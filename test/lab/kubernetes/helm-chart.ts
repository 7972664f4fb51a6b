import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a chart whose pods are played by kwok as its value `pod` says. */
export async function writeChart(folder: string): Promise<void> {
  await mkdir(join(folder, "templates"), { recursive: true });
  await writeFile(join(folder, "Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
  await writeFile(join(folder, "values.yaml"), "pod: ready\nreplicas: 1\nimage: web:1\npassword: none\n");
  await writeFile(
    join(folder, "templates", "all.yaml"),
    `apiVersion: v1
kind: Secret
metadata: { name: "{{ .Release.Name }}" }
stringData: { password: {{ .Values.password | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: "{{ .Release.Name }}" } }
  template:
    metadata:
      labels: { app: "{{ .Release.Name }}" }
      annotations: { lab/pod: {{ .Values.pod | quote }} }
    spec:
      containers:
        - name: web
          image: {{ .Values.image | quote }}
{{- if .Values.policy }}
          imagePullPolicy: {{ .Values.policy }}
{{- end }}
`,
  );
}
