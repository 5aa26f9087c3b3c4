/**
 * Policies compiled to an index from project and action to the rules that grant it, so that a decision looks at no
 * rule that could not matter. Compiled when policies change, not when they are asked.
 */
import { ACTION_NAMES, type Action } from './actions.ts'
import { type CompiledCondition, compileCondition } from './condition.ts'
import type { Policy, Rule } from './model.ts'
import { PERMISSION_SET_NAMES, PERMISSION_SETS } from './permission-sets.ts'

/** Which rule it was. */
export interface RuleRef {
  readonly policy_id: string
  readonly rule_id: string
}

export interface ConditionalRule {
  readonly rule: RuleRef
  readonly text: string
  readonly condition: CompiledCondition
}

/** The rules that may grant one action in one scope. */
export interface RulesForAction {
  /** Grants, whatever the request; null: none does. */
  readonly unconditional: RuleRef | null
  /** In the order of policies and rules; of several with the same condition the first. */
  readonly conditional: readonly ConditionalRule[]
}

/** The compiled rules of one principal. */
export interface CompiledGrants {
  /** Rules that name this project. */
  forProject(projectId: string, action: Action): RulesForAction
  /** Rules that hold in the organization's projects, later ones included. */
  forOrganization(organizationId: string, action: Action): RulesForAction
}

const NO_RULES: RulesForAction = { unconditional: null, conditional: [] }

/**
 * Actions that are in exactly the same permission sets are always granted together: one class. A rule is entered once
 * for each of its nine or so classes instead of once for each of over a hundred actions.
 */
const CLASSES: ReadonlyMap<Action, number> = classify()

const CLASSES_OF_SET: ReadonlyMap<string, readonly number[]> = new Map(
  PERMISSION_SET_NAMES.map((name) => {
    const classes = [...PERMISSION_SETS[name].actions].map((action) => CLASSES.get(action)!)
    return [name, [...new Set(classes)]]
  }),
)

function classify(): ReadonlyMap<Action, number> {
  const numbers = new Map<string, number>()
  return new Map(
    ACTION_NAMES.map((action) => {
      const sets = PERMISSION_SET_NAMES.filter((name) => PERMISSION_SETS[name].actions.has(action)).join()
      return [action, entryOf(numbers, sets, () => numbers.size)]
    }),
  )
}

/** One scope's rules while they are collected, by class. */
interface Draft {
  unconditional: RuleRef | null
  readonly conditional: Map<string, ConditionalRule>
}

type Index<Entry> = Map<string, Map<number, Entry>>

/**
 * Throws nothing: a stored rule whose condition does not compile never grants.
 *
 * @param compile for a caller that shares compiled conditions between policies
 */
export function compileGrants(
  policies: readonly Policy[],
  compile: (text: string) => CompiledCondition = compileCondition,
): CompiledGrants {
  const projects: Index<Draft> = new Map()
  const organizations: Index<Draft> = new Map()
  const conditions = new Map<string, CompiledCondition>()
  const conditionOf = (text: string): CompiledCondition => {
    const compiled = conditions.get(text) ?? compile(text)
    conditions.set(text, compiled)
    return compiled
  }

  for (const policy of policies) {
    for (const rule of policy.rules) {
      const classes = classesOf(rule)
      if (classes.size === 0) continue
      const ref: RuleRef = { policy_id: policy.id, rule_id: rule.id }
      const entry =
        rule.condition === ''
          ? ref
          : { rule: ref, text: rule.condition, condition: conditionOf(rule.condition) }
      for (const project of rule.project_ids ?? []) enter(projects, project, classes, entry)
      // INVARIANT: a policy holds in its own organization only, whatever a rule says.
      if (rule.organization_id === policy.organization_id) {
        enter(organizations, rule.organization_id, classes, entry)
      }
    }
  }
  const byProject = finish(projects)
  const byOrganization = finish(organizations)
  return {
    forProject: (projectId, action) => byProject.get(projectId)?.get(CLASSES.get(action)!) ?? NO_RULES,
    forOrganization: (organizationId, action) =>
      byOrganization.get(organizationId)?.get(CLASSES.get(action)!) ?? NO_RULES,
  }
}

/** Of a name that is not known (any more): none. */
function classesOf(rule: Rule): ReadonlySet<number> {
  return new Set(rule.permission_set_names.flatMap((name) => CLASSES_OF_SET.get(name) ?? []))
}

function enter(
  index: Index<Draft>,
  scope: string,
  classes: ReadonlySet<number>,
  entry: RuleRef | ConditionalRule,
): void {
  const drafts = entryOf(index, scope, () => new Map<number, Draft>())
  for (const number of classes) {
    const draft = entryOf(drafts, number, (): Draft => ({ unconditional: null, conditional: new Map() }))
    if (!('condition' in entry)) draft.unconditional ??= entry
    else if (!draft.conditional.has(entry.text)) draft.conditional.set(entry.text, entry)
  }
}

function entryOf<Key, Entry>(map: Map<Key, Entry>, key: Key, make: () => Entry): Entry {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function finish(index: Index<Draft>): Index<RulesForAction> {
  const finished: Index<RulesForAction> = new Map()
  for (const [scope, drafts] of index) {
    const rules = new Map<number, RulesForAction>()
    for (const [number, { unconditional, conditional }] of drafts) {
      // Where one rule grants without a condition, no other needs to be asked.
      rules.set(number, {
        unconditional,
        conditional: unconditional === null ? [...conditional.values()] : [],
      })
    }
    finished.set(scope, rules)
  }
  return finished
}
