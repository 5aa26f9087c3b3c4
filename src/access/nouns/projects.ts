/** Projects of an access file, and the buckets that they own. */
import type { Project } from '../../iam/model.ts'
import type { Declared } from '../document.ts'
import { projectEntry } from '../entries.ts'
import type { FilePath } from '../fault.ts'
import { reconcile, settleOne } from '../reconcile.ts'
import type { Rosters } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { ProjectEntry } from '../schema.ts'

export async function applyProjects(run: Run, rosters: Rosters, organization_id: string): Promise<void> {
  const { services, actor, document } = run
  const { projects, backends } = rosters
  const entries = withDefault(run, projects).map(({ value: { buckets: _, default: __, ...value }, at }) => ({
    value,
    at,
  }))
  const section = { ...document.projects, entries }
  const backendId = (backend: string | null | undefined): string | null | undefined =>
    typeof backend === 'string' ? backends.refer([], backend) : backend

  await reconcile(run, section, projects, {
    kind: 'project',
    nameOf: ({ name }) => name,
    settle: (entry, at) => {
      if (typeof entry.backend !== 'string') return entry
      const backend = settleOne(backends, [...at, 'backend'], entry.backend)
      return backend === undefined ? undefined : { ...entry, backend }
    },
    present: (project) => projectEntry(project, rosters),
    create: ({ name, description, max_buckets, backend }): Promise<Project> =>
      services.projects.create(actor, {
        organization_id,
        name,
        description,
        max_buckets,
        backend_id: backendId(backend),
      }),
    update: ({ id }, { name, description, max_buckets, backend }) =>
      services.projects.update(actor, id, { name, description, max_buckets, backend_id: backendId(backend) }),
  })
}

/** The entry of the default project means the one that there is, whatever that is called now. */
function withDefault(run: Run, projects: Rosters['projects']): readonly Declared<ProjectEntry>[] {
  const { entries } = run.document.projects
  const present = projects.all().find(({ is_default }) => is_default)
  const [first, ...further] = entries.filter(({ value }) => value.default)
  for (const { at } of further) run.fault([...at, 'default'], 'another project is the default one already')
  if (present === undefined || first === undefined || first.value.id !== undefined) return entries
  const other = projects.all().find(({ name, is_default }) => name === first.value.name && !is_default)
  if (other !== undefined) {
    run.fault(
      [...first.at, 'default'],
      `the default project is \`${present.name}\`, and that never changes to another one that there is`,
    )
    return entries
  }
  const meant = { ...first, value: { ...first.value, id: present.id } }
  return entries.map((entry) => (entry === first ? meant : entry))
}

/** Runs after all projects and backends are there. */
export async function applyBuckets(run: Run, { projects, backends }: Rosters): Promise<void> {
  for (const { value, at } of run.document.projects.entries) {
    if (value.buckets.length === 0) continue
    const id = value.default
      ? projects.all().find(({ is_default }) => is_default)?.id
      : (value.id ?? projects.refer(at, value.name))
    const project = id === undefined ? undefined : projects.find(id)
    for (const [index, bucket] of value.buckets.entries()) {
      const place = [...at, 'buckets', index]
      const { name, backend = undefined } = typeof bucket === 'string' ? { name: bucket } : bucket
      const home =
        backend === undefined
          ? (project?.backend_id ?? backends.refer(place, 'default'))
          : backends.refer([...place, 'backend'], backend)
      if (project === undefined || home === undefined) continue
      await run.attempt(place, () =>
        applyBucket(run, { name, project, backend_id: home, named: backend !== undefined }, place, backends),
      )
    }
  }
}

interface WantedBucket {
  readonly name: string
  readonly project: Project
  readonly backend_id: string
  /** Whether the file says which backend. */
  readonly named: boolean
}

async function applyBucket(
  run: Run,
  { name, project, backend_id, named }: WantedBucket,
  at: FilePath,
  backends: Rosters['backends'],
): Promise<void> {
  const { services, actor } = run
  const [present] = (await services.buckets.list({ filters: { names: [name] } })).items
  if (present === undefined || present.state === 'released') {
    await services.buckets.adopt(actor, { name, project_id: project.id, backend_id })
    const remark = `of project ${project.name}, on backend ${backends.referenceTo(backend_id)}`
    run.step({ action: 'create', kind: 'bucket', name, remark })
    return
  }
  if (present.project_id !== project.id) {
    const owner = await services.projects.get(present.project_id)
    run.fault(
      at,
      `project \`${owner.name}\` owns this bucket: take it away first with \`s3warden bucket release ${name}\``,
    )
  } else if (named && present.backend_id !== backend_id) {
    run.fault(at, `it lies on backend \`${backends.referenceTo(present.backend_id)}\`, and stays where it is`)
  } else run.unchanged()
}
