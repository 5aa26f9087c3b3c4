/** The command line as a whole: every command, the options that all of them have, and what their exit codes mean. */
import { Command, Option } from 'commander'
import { VERSION } from '../version.ts'
import { applicationCommands } from './nouns/application.ts'
import { applyCommand } from './nouns/apply.ts'
import { backendCommands } from './nouns/backend.ts'
import { backupCommand } from './nouns/backup.ts'
import { bootstrapCommand } from './nouns/bootstrap.ts'
import { bucketCommands } from './nouns/bucket.ts'
import { completionCommand } from './nouns/completion.ts'
import { configCommands } from './nouns/config.ts'
import { doctorCommand } from './nouns/doctor.ts'
import { explainCommand } from './nouns/explain.ts'
import { exportCommand } from './nouns/export.ts'
import { groupCommands } from './nouns/group.ts'
import { healthCommand } from './nouns/health.ts'
import { keyCommands } from './nouns/key.ts'
import { logCommands } from './nouns/log.ts'
import { masterKeyCommands } from './nouns/master-key.ts'
import { organizationCommands } from './nouns/organization.ts'
import { permissionSetCommands } from './nouns/permission-set.ts'
import { policyCommands } from './nouns/policy.ts'
import { projectCommands } from './nouns/project.ts'
import { restoreCommand } from './nouns/restore.ts'
import { ruleCommands } from './nouns/rule.ts'
import { serveCommand } from './nouns/serve.ts'
import { userCommands } from './nouns/user.ts'
import { OUTPUT_FORMATS } from './output.ts'
import type { Cli } from './session.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused or failed, wholly or in part
  2  wrong use: of the command line or of the configuration

Environment: S3WARDEN_DATA, S3WARDEN_CONFIG and one variable for every configuration key (s3warden config example).`

export function createProgram(cli: Cli): Command {
  const program = new Command('s3warden')
    .description('An authorizing gate in front of an S3 object store, and the command line that manages it.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addOption(new Option('--data <dir>', 'the directory of the store').helpGroup('Global options:'))
    .addOption(new Option('--config <file>', 'the configuration file').helpGroup('Global options:'))
    .addOption(
      new Option('--output <format>', 'how results are printed (default: table on a terminal, else json)')
        .choices([...OUTPUT_FORMATS])
        .helpGroup('Global options:'),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .addHelpText('afterAll', EXIT_CODES)

  program.commandsGroup('Run the gate:')
  serveCommand(program, cli)
  bootstrapCommand(program, cli)
  configCommands(program, cli)
  healthCommand(program, cli)
  program.commandsGroup('Who there is, and what they may do:')
  organizationCommands(program, cli)
  projectCommands(program, cli)
  userCommands(program, cli)
  applicationCommands(program, cli)
  groupCommands(program, cli)
  policyCommands(program, cli)
  ruleCommands(program, cli)
  permissionSetCommands(program, cli)
  keyCommands(program, cli)
  explainCommand(program, cli)
  program.commandsGroup('Access as a file:')
  applyCommand(program, cli)
  exportCommand(program, cli)
  program.commandsGroup('What is behind the gate:')
  bucketCommands(program, cli)
  backendCommands(program, cli)
  program.commandsGroup('Keep it safe:')
  doctorCommand(program, cli)
  backupCommand(program, cli)
  restoreCommand(program, cli)
  masterKeyCommands(program, cli)
  program.commandsGroup('Other:')
  program.helpCommand('help [command]', 'show help')
  logCommands(program, cli)
  completionCommand(program, cli)
  return program
}
