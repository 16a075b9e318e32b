import { BlockList, isIP, isIPv6 } from "node:net"

/**
 * What is not the public internet, by the registries of special-purpose addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), and multicast.
 */
const special = new BlockList()
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3]
] as const) {
  special.addSubnet(network, prefix, "ipv4")
}

/** Of IPv6 only what is given to networks: beyond it are loopback, link-local, unique local, multicast and IPv4 in disguise. */
const global = new BlockList()
global.addSubnet("2000::", 3, "ipv6")
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  // 6to4 carries an IPv4 address, which may be any.
  ["2002::", 16],
  ["3fff::", 20]
] as const) {
  special.addSubnet(network, prefix, "ipv6")
}

/** Whether an IP address is one of the public internet: none of this machine, its network, or its provider's. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 0) return false
  return isIPv6(address)
    ? global.check(address, "ipv6") && !special.check(address, "ipv6")
    : !special.check(address, "ipv4")
}
