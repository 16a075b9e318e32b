export const audienceId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11"
export const organizationId = "01984a3e-0000-7000-8000-000000000001"
export const consumerId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f22"

export const audienceFull = {
  id: audienceId,
  organizationId,
  name: "VIPs",
  type: "DYNAMIC",
  archived: false,
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: "key:1",
  rules: [],
  imports: []
} as const

export const consumerFull = {
  id: consumerId,
  organizationId,
  email: "ada@example.com",
  emailVerified: true,
  phoneVerified: false,
  status: "ACTIVE",
  archived: false,
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: "key:1"
} as const

export const page = (data: ReadonlyArray<unknown>, endCursor: string | null) => ({
  data,
  pageInfo: { startCursor: null, endCursor }
})
