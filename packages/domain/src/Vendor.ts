import { Schema } from "effect"

/** Who keeps lists that audiences are synced with. `fanfare`: any other server of this contract. */
export const Vendor = Schema.Literals(["klaviyo", "mailchimp", "sendgrid", "shopify", "fanfare"]).annotate({
  identifier: "Vendor"
})
export type Vendor = typeof Vendor.Type

/** One of the texts that open an account at a vendor. */
export interface CredentialField {
  readonly description: string
  /** Secrets are shown by their last four characters. */
  readonly secret: boolean
  readonly pattern: RegExp
  readonly expected: string
}

/** Fit for a header: no blanks, no line breaks, ASCII. */
const secret = (
  description: string,
  pattern = /^[\x21-\x7e]{8,512}$/,
  expected = "8 to 512 visible ASCII characters"
): CredentialField => ({
  description,
  secret: true,
  pattern,
  expected
})

/** What opens an account at each vendor, by name. */
export const credentialFields: Readonly<Record<Vendor, Readonly<Record<string, CredentialField>>>> = {
  klaviyo: {
    apiKey: secret("Private API key with read access to lists, segments and profiles")
  },
  mailchimp: {
    apiKey: secret(
      "API key, with the data centre at its end",
      /^[\x21-\x7e]{8,500}-[a-z]{2,4}\d{1,3}$/,
      "an API key that ends in its data centre, such as -us14"
    )
  },
  sendgrid: {
    apiKey: secret("API key with read access to Marketing")
  },
  shopify: {
    shop: {
      description: "Address of the shop, such as acme.myshopify.com",
      secret: false,
      pattern: /^[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com$/,
      expected: "the shop's own address, such as acme.myshopify.com"
    },
    accessToken: secret("Admin API access token with the scope read_customers")
  },
  fanfare: {
    url: {
      description: "Base URL of the server, such as https://admin.fanfare.io/api",
      secret: false,
      pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
      expected: "an http or https URL without credentials and query"
    },
    apiKey: secret("Secret key of the organization there")
  }
}
