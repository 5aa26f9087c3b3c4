/** The parts of Compose files and Kubernetes manifests that the examples' tests look at. */
import { z } from 'zod'

const environment = z.record(z.string(), z.string())

/** https://docs.docker.com/reference/compose-file/services/ */
const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  environment,
  networks: z.array(z.string()),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
})

export const composeFile = z.looseObject({
  services: z.object({ minio: service, gate: service }),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.object({})),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
})

const named = z.looseObject({ name: z.string() })
const probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) })

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).optional(),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  securityContext: z.looseObject({}),
  volumeMounts: z.array(named),
})

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/ */
export const statefulSet = z.looseObject({
  kind: z.literal('StatefulSet'),
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.object({ labels: environment }),
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.int(),
        automountServiceAccountToken: z.boolean(),
        hostNetwork: z.boolean().optional(),
        securityContext: z.looseObject({}),
        containers: z.array(container),
        volumes: z.array(named),
      }),
    }),
    volumeClaimTemplates: z.array(z.looseObject({ metadata: named })),
  }),
})

export const kubernetesService = z.looseObject({
  kind: z.literal('Service'),
  spec: z.looseObject({ selector: environment, ports: z.array(z.looseObject({})) }),
})

export const configMap = z.looseObject({ kind: z.literal('ConfigMap'), data: environment })
