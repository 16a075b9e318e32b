import { Argument } from "effect/cli"
import { Vendor } from "@audiences/domain/Vendor"

export const vendorArgument = Argument.Literals("vendor", Vendor.literals).pipe(
  Argument.withDescription(`One of ${Vendor.literals.join(", ")}`)
)
