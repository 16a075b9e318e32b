export const audienceId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11"
export const organizationId = "01984a3e-0000-7000-8000-000000000001"
export const consumerId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f22"
export const importId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f33"

export const rule = {
  id: "01984a3e-7c10-7a80-9d10-3c5f6d0c2f44",
  audienceId,
  organizationId,
  field: "ltv",
  operator: "GREATER_THAN",
  values: ["1000"],
  groupId: null,
  position: 0
}

const stamps = { archived: false, createdAt: "2026-01-31T09:30:00.000Z", createdBy: "key:1" }

export const audience = {
  id: audienceId,
  organizationId,
  name: "VIPs",
  type: "DYNAMIC",
  lastRefreshedAt: "2026-02-01T10:00:00.123Z",
  ...stamps
}

export const audienceFull = { ...audience, rules: [rule], imports: [] }

export const consumer = {
  id: consumerId,
  organizationId,
  email: "ada@example.com",
  fullName: "Ada Lovelace",
  emailVerified: true,
  phoneVerified: false,
  status: "ACTIVE",
  totalOrders: 3,
  ltv: "1234.5",
  ...stamps
}

export const consumerCreate = { email: "ada@example.com", emailVerified: true, phoneVerified: false, status: "ACTIVE" }

export const imported = {
  id: importId,
  organizationId,
  audienceId,
  status: "PENDING",
  progress: 0,
  totalConsumers: null,
  processedConsumers: 0,
  errorCount: 0,
  errors: [],
  s3Key: "imports/o/a/1.csv",
  ...stamps
}

export const page = (data: ReadonlyArray<unknown>, endCursor: string | null = null) => ({
  data,
  pageInfo: { startCursor: null, endCursor }
})
