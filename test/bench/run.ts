/**
 * `npm run bench`: what the gate costs beside a plain proxy. Prints a table, and writes it with a picture to
 * `test/bench/results`.
 *
 *     npm run bench -- [--rounds N] [--share 0.1] [--only 'GET 1 KiB'] [--profile DIR] [--print]
 */
import { parseArgs } from 'node:util'
import { startStage } from './contenders.ts'
import { latencies } from './latency.ts'
import { type Contender, type Measured, measure } from './measure.ts'
import { publish } from './publish.ts'
import { table } from './table.ts'
import { compareWorkers } from './workers.ts'
import { WORKLOADS } from './workloads.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    /** Of the requests of a turn: less for a quick look. */
    share: { type: 'string', default: '1' },
    /** Workloads whose names begin so. */
    only: { type: 'string', default: '' },
    /** Writes a CPU profile of the gate into this directory when it ends. */
    profile: { type: 'string', default: '' },
    /** Prints, and writes nothing. */
    print: { type: 'boolean', default: false },
  },
})
const settings = { rounds: Number(values.rounds), share: Number(values.share) }

const nodeOptions = values.profile === '' ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile]

const stage = await startStage({ workers: 1, nodeOptions, env: {} })
try {
  const contenders: Contender[] = [
    ...(stage.nginx === null ? [] : [{ name: 'nginx', program: stage.nginx }]),
    { name: 'bare', program: stage.bare },
    { name: 'gate', program: stage.gate },
  ]
  if (stage.nginx === null)
    console.log('nginx is not installed (Debian: nginx-light): compared with bare alone')
  const measured: Measured[] = []
  for (const workload of WORKLOADS) {
    if (!workload.name.startsWith(values.only)) continue
    const result = await measure(workload, contenders, stage.credentials, settings)
    measured.push(result)
    console.log(table([result]).join('\n'))
  }
  if (values.only === '') {
    const workers = await compareWorkers(stage, settings)
    const delays = await latencies(contenders, stage.credentials, settings)
    console.log([...workers, '', ...delays].join('\n'))
    if (!values.print) await publish(measured, [...workers, '', ...delays])
  }
} finally {
  await stage.stop()
}
