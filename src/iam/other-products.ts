/**
 * Permission sets of products that are not object storage: accepted in rules and listed, so that policies written for
 * Scaleway can be brought along as they are, and without effect.
 * https://www.scaleway.com/en/docs/iam/reference-content/permission-sets/
 */

type ProductRow = readonly [
  scope: 'projects' | 'organization',
  category: string,
  product: string,
  /** What stands behind the product in the sets' names. */
  suffixes: readonly string[],
]

const BOTH = ['FullAccess', 'ReadOnly'] as const

const PRODUCTS = {
  Billing: ['organization', 'Management', 'billing', ['Manager', 'ReadOnly']],
  SupportTicket: ['organization', 'Management', 'support tickets', ['Manager', 'ReadOnly']],
  AbuseTicket: ['organization', 'Management', 'abuse tickets', ['Manager']],
  AuditTrail: ['organization', 'Management', 'Audit Trail', [...BOTH, 'ExportRead', 'ExportDelete']],
  EnvironmentalImpact: ['organization', 'Management', 'Environmental Impact', ['ReadOnly']],
  NotificationManager: ['organization', 'Management', 'notifications', BOTH],
  Instances: ['projects', 'Compute', 'Instances', [...BOTH, 'ServerStart', 'ServerStop']],
  ElasticMetal: ['projects', 'Bare Metal', 'Elastic Metal', BOTH],
  AppleSilicon: ['projects', 'Bare Metal', 'Apple silicon', BOTH],
  Dedibox: ['projects', 'Bare Metal', 'Dedibox', [...BOTH, 'ConsoleFullAccess']],
  BlockStorage: ['projects', 'Storage', 'Block Storage', BOTH],
  FileStorage: ['projects', 'Storage', 'File Storage', BOTH],
  ContainerRegistry: ['projects', 'Containers', 'Container Registry', BOTH],
  Kubernetes: [
    'projects',
    'Containers',
    'Kubernetes',
    [...BOTH, 'ExternalNodeRegister', 'SystemMastersGroupAccess'],
  ],
  PrivateNetworks: ['projects', 'Network', 'Private Networks', BOTH],
  VPC: ['projects', 'Network', 'VPC', BOTH],
  VPCGateway: ['projects', 'Network', 'Public Gateways', BOTH],
  IPAM: ['projects', 'Network', 'IPAM', BOTH],
  Interlink: ['projects', 'Network', 'InterLink', [...BOTH, 'PartnerFullAccess', 'PartnerReadOnly']],
  SiteToSiteVPN: ['projects', 'Network', 'Site-to-Site VPN', BOTH],
  LoadBalancers: ['projects', 'Network', 'Load Balancers', BOTH],
  EdgeServices: ['projects', 'Network', 'Edge Services', BOTH],
  Functions: ['projects', 'Serverless', 'Functions', [...BOTH, 'PrivateAccess']],
  Containers: ['projects', 'Serverless', 'Containers', [...BOTH, 'PrivateAccess']],
  ServerlessJobs: ['projects', 'Serverless', 'Jobs', BOTH],
  ServerlessSQLDatabase: [
    'projects',
    'Databases',
    'Serverless SQL Databases',
    [...BOTH, 'ReadWrite', 'DataReadWrite'],
  ],
  RelationalDatabases: ['projects', 'Databases', 'Managed Databases for PostgreSQL and MySQL', BOTH],
  Redis: ['projects', 'Databases', 'Managed Databases for Redis', BOTH],
  MongoDB: ['projects', 'Databases', 'Managed Databases for MongoDB', BOTH],
  SearchDB: ['projects', 'Databases', 'Managed Databases for OpenSearch', BOTH],
  GenerativeApis: ['projects', 'AI', 'Generative APIs', ['FullAccess', 'ModelAccess']],
  Inference: ['projects', 'AI', 'Inference', BOTH],
  DistributedDataLab: ['projects', 'Data & Analytics', 'Data Lab', BOTH],
  DataWarehouse: ['projects', 'Data & Analytics', 'Data Warehouse', BOTH],
  KafkaCluster: ['projects', 'Data & Analytics', 'Kafka Clusters', BOTH],
  MessagingAndQueuing: ['projects', 'Integration', 'Messaging and Queuing', BOTH],
  IoT: ['projects', 'Integration', 'IoT Hub', BOTH],
  DomainsDNS: ['projects', 'Domains & Web Hosting', 'Domains and DNS', BOTH],
  WebHosting: ['projects', 'Domains & Web Hosting', 'Web Hosting', BOTH],
  TransactionalEmail: [
    'projects',
    'Domains & Web Hosting',
    'Transactional Email',
    [
      ...BOTH,
      'BlocklistFullAccess',
      'BlocklistReadOnly',
      'DomainFullAccess',
      'DomainReadOnly',
      'EmailApiCreate',
      'EmailFullAccess',
      'EmailReadOnly',
      'EmailSmtpCreate',
      'OfferSubscriptionFullAccess',
      'OfferSubscriptionReadOnly',
      'PoolReadOnly',
      'ProjectSettingsFullAccess',
      'ProjectSettingsReadOnly',
      'WebhookFullAccess',
      'WebhookReadOnly',
    ],
  ],
  Mailbox: ['projects', 'Domains & Web Hosting', 'Mailbox', BOTH],
  Observability: ['projects', 'Monitoring', 'Cockpit', BOTH],
  SecretManager: [
    'projects',
    'Security & Identity',
    'Secret Manager',
    [...BOTH, 'SecretAccess', 'SecretCreate', 'SecretDelete', 'SecretRestore', 'SecretWrite'],
  ],
  KeyManager: [
    'projects',
    'Security & Identity',
    'Key Manager',
    [
      ...BOTH,
      'KeyCreate',
      'KeyDecrypt',
      'KeyDelete',
      'KeyEncrypt',
      'KeyRestore',
      'KeySign',
      'KeyVerify',
      'KeyWrite',
    ],
  ],
  QaaS: ['projects', 'Labs', 'Quantum as a Service', BOTH],
} as const satisfies Record<string, ProductRow>

type Products = typeof PRODUCTS

export type OtherProductSetName = {
  [Product in keyof Products]: `${Product}${Products[Product][3][number]}`
}[keyof Products]

export interface OtherProductSet {
  readonly scope_type: 'projects' | 'organization'
  readonly description: string
  readonly categories: readonly string[]
}

export const OTHER_PRODUCT_SETS = Object.fromEntries(
  Object.entries(PRODUCTS).flatMap(([name, [scope_type, category, product, suffixes]]) =>
    suffixes.map((suffix): [string, OtherProductSet] => [
      `${name}${suffix}`,
      {
        scope_type,
        description: `\`${suffix}\` on ${product}: another product, without effect here`,
        categories: [category],
      },
    ]),
  ),
) as Readonly<Record<OtherProductSetName, OtherProductSet>>
