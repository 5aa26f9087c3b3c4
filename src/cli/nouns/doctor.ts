/** `s3warden doctor`: looks at everything that the gate rests on. */
import type { Command } from 'commander'
import { StoreUnavailable } from '../../iam/reader.ts'
import { StoreOpenError } from '../../store/errors.ts'
import type { Diagnosis } from '../doctor.ts'
import { EXIT, type ExitCode } from '../fault.ts'
import { collect } from '../lists.ts'
import { examples } from '../options.ts'
import { createProgress } from '../progress.ts'
import { type Cli, commandConfig, commandOutput, openSession } from '../session.ts'

interface DoctorOptions {
  readonly data?: string
  readonly config?: string
  readonly probe: boolean
}

export function doctorCommand(program: Command, cli: Cli): void {
  const command = program
    .command('doctor')
    .summary('look whether everything is in order')
    .description(
      'Look at the store (integrity, references, sealed secrets, master key), at every backend (reachable, clock, credentials, what it can do, found out with a bucket that is made and deleted again), at buckets that a backend lacks or that nobody owns, and at expired keys. Exit code 0: nothing is broken, though there may be warnings; 1: something is.',
    )
    .option('--no-probe', 'make no bucket on the backends')
  examples(command, 's3warden doctor', 's3warden doctor --no-probe --output json')
  command.action(async () => {
    const { data, config: file, probe } = command.optsWithGlobals<DoctorOptions>()
    const config = commandConfig(cli, { data, config: file })
    // Loaded here, so that help and completion come at once.
    const doctor = await import('../doctor.ts')
    const diagnoses: Diagnosis[] = [doctor.diagnoseDirectory(config.data)]
    const report = (): ExitCode => {
      commandOutput(cli, command).list(diagnoses, ['subject', 'check', 'result', 'detail'])
      return diagnoses.some(({ result }) => result === 'failed') ? EXIT.failed : EXIT.done
    }
    try {
      const session = await openSession(cli, command, config)
      const progress = createProgress(cli, { work: 'doctor', counted: 'subjects' })
      try {
        progress.at(0, 1)
        diagnoses.push(...doctor.diagnoseStore(session.store))
        const backends = await collect(session.services.backends, {}, undefined)
        const looks = [
          async () => [await doctor.diagnoseKeys(session)],
          ...backends.map(
            (backend) => () => doctor.diagnoseBackend(session, backend, probe ? 'probe' : 'look'),
          ),
        ]
        for (const [index, look] of looks.entries()) {
          progress.at(index + 1, looks.length + 1)
          diagnoses.push(...(await look()))
        }
      } finally {
        progress.end()
        session.store.close()
      }
    } catch (error) {
      if (!(error instanceof StoreOpenError || error instanceof StoreUnavailable)) throw error
      const check = error instanceof StoreOpenError ? 'master key' : 'integrity of the database'
      diagnoses.push({ subject: 'store', check, result: 'failed', detail: error.message })
    }
    cli.exitWith(report())
  })
}
