/** `s3warden rule`: the rules of a policy. */
import type { Command } from 'commander'
import type { Policy, Rule } from '../../iam/model.ts'
import { didYouMean } from '../../nearest.ts'
import { CommandFailure, UsageError } from '../fault.ts'
import { changeOf, examples, yesOption } from '../options.ts'
import { organization, policy } from '../resolve.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { eachConfirmed, showEach } from '../several.ts'
import { asNewRule, grantOptions, scopeOf } from './rule-options.ts'

const COLUMNS = [
  'id',
  'permission_set_names',
  'project_ids',
  'organization_id',
  'condition',
] as const satisfies readonly (keyof Rule)[]

interface RuleOptions {
  readonly permissionSet?: readonly string[]
  readonly project?: readonly string[]
  readonly allCurrentProjects?: boolean
  /** True: the policy's own. */
  readonly organization?: string | true
  readonly condition?: string
}

const ruleOptions = (command: Command): Command =>
  grantOptions(command).option(
    '--organization [org]',
    "the whole organization, later projects included (default: the policy's)",
  )

/** The organization whose scope `--organization` asks for. */
async function wholeOrganization(
  session: ManagingSession,
  owner: Policy,
  options: RuleOptions,
): Promise<string | undefined> {
  const { organization: given } = options
  if (given === undefined) return undefined
  return given === true ? owner.organization_id : (await organization(session, given)).id
}

function ruleOf(owner: Policy, ruleId: string): Rule {
  const rule = owner.rules.find(({ id }) => id === ruleId)
  if (rule === undefined) {
    const hint = didYouMean(
      ruleId,
      owner.rules.map(({ id }) => id),
    )
    throw new CommandFailure(`policy \`${owner.name}\` has no rule \`${ruleId}\`${hint}`)
  }
  return rule
}

export function ruleCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('rule')
    .summary('the rules of a policy')
    .description(
      'Rules of a policy. A rule grants permission sets in projects, or in a whole organization, under a condition.\nRules only allow: any that matches grants.',
    )

  const create = ruleOptions(noun.command('create <policy>').description('Add a rule to a policy.'))
  examples(
    create,
    's3warden rule create backup --permission-set ObjectStorageReadOnly --project archive',
    's3warden rule create backup --permission-set ObjectStorageFullAccess --all-current-projects',
    's3warden rule create admins --permission-set IAMManager --organization --condition \'request.user_agent.startsWith("aws-cli")\'',
  )
  onServices<[string], RuleOptions>(cli, create, async (session, options, reference) => {
    if (options.permissionSet === undefined) {
      throw new UsageError('say what the rule grants: give --permission-set')
    }
    const owner = await policy(session, reference)
    const rule = await session.services.policies.addRule(session.actor, owner.id, {
      permission_set_names: options.permissionSet,
      scope: await scopeOf(session, {
        ...options,
        wholeOrganization: await wholeOrganization(session, owner, options),
      }),
      condition: options.condition,
    })
    return session.output.record(rule)
  })

  const list = noun.command('list <policy>').alias('ls').description('List the rules of a policy.')
  examples(list, 's3warden rule list backup')
  onServices<[string], object>(cli, list, async (session, _options, reference) =>
    session.output.list((await policy(session, reference)).rules, COLUMNS),
  )

  const get = noun.command('get <policy> <rule...>').description('Show rules of a policy, by id.')
  examples(get, 's3warden rule get backup 6f9c2c1e-3b0a-4f6e-9d5c-0a1b2c3d4e5f')
  onServices<[string, string[]], object>(cli, get, async (session, _options, reference, ids) => {
    const owner = await policy(session, reference)
    return showEach(session, ids, COLUMNS, async (id) => ruleOf(owner, id))
  })

  const update = ruleOptions(
    noun
      .command('update <policy> <rule>')
      .description(
        'Change a rule; what is not given stays. The rules of the policy are written anew, with new ids.',
      ),
  )
  examples(
    update,
    's3warden rule update backup 6f9c2c1e-3b0a-4f6e-9d5c-0a1b2c3d4e5f --condition \'resource.name == "media"\'',
  )
  onServices<[string, string], RuleOptions>(cli, update, async (session, options, reference, ruleId) => {
    const owner = await policy(session, reference)
    const before = ruleOf(owner, ruleId)
    changeOf(options)
    const rescoped =
      options.project !== undefined ||
      options.allCurrentProjects === true ||
      options.organization !== undefined
    const kept = asNewRule(before)
    const next = {
      permission_set_names: options.permissionSet ?? kept.permission_set_names,
      scope: rescoped
        ? await scopeOf(session, {
            ...options,
            wholeOrganization: await wholeOrganization(session, owner, options),
          })
        : kept.scope,
      condition: options.condition ?? kept.condition,
    }
    const rules = owner.rules.map((rule) => (rule === before ? next : asNewRule(rule)))
    const changed = await session.services.policies.replaceRules(session.actor, owner.id, rules)
    return session.output.record(changed.rules[owner.rules.indexOf(before)]!)
  })

  const remove = noun
    .command('delete <policy> <rule...>')
    .alias('rm')
    .description('Delete rules of a policy.')
    .addOption(yesOption())
  examples(remove, 's3warden rule delete backup 6f9c2c1e-3b0a-4f6e-9d5c-0a1b2c3d4e5f --yes')
  onServices<[string, string[]], { yes?: boolean }>(
    cli,
    remove,
    async (session, { yes }, reference, given) => {
      const { id } = await policy(session, reference)
      return eachConfirmed(session, { what: 'delete the rule', given, yes }, async (ruleId) => {
        await session.services.policies.deleteRule(session.actor, id, ruleId)
        return 'deleted'
      })
    },
  )
}
