import CPostgreSQL
import Foundation

/// Where a PostgreSQL database is and how to be let in: `postgres://role:password@host:port/name`, read by libpq's own
/// reader. It holds a password and prints without it.
package struct PostgreSQLAddress: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// libpq's keywords and their values.
    let parameters: [String: String]

    /// Options an address may have; everything else would be a way around what is decided here.
    static let options = [
        "application_name", "channel_binding", "dbname", "host", "passfile", "password", "port", "sslcert", "sslcrl",
        "sslkey", "sslmode", "sslpassword", "sslrootcert", "target_session_attrs", "user",
    ]

    /// Why an address cannot be used, in words that repeat nothing of it but the names of options.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    package init(
        _ text: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Fault) {
        guard Self.isMeant(by: text), !text.utf8.contains(0) else {
            throw Fault(description: "it must begin with postgres://")
        }
        if let name = Self.unknownOption(in: text) {
            let known = Self.options.joined(separator: ", ")
            throw Fault(description: "it has an unknown option \(name); known are \(known)")
        }
        guard let parsed = Self.parse(text) else {
            throw Fault(
                description: """
                    write it as postgres://role:password@host:port/name, with %XX for the characters @ : / ? # % in a \
                    name or password
                    """)
        }
        // Said once more of what libpq has understood: a mark in a password must not hide an option.
        if let name = parsed.keys.sorted().first(where: { !Self.options.contains($0) }) {
            throw Fault(description: "it has an unknown option \(name); a ? or @ of a password is written %3F or %40")
        }
        guard parsed["dbname"]?.isEmpty == false else {
            throw Fault(description: "the name of the database is missing at its end: postgres://…/name")
        }
        // libpq would silently go where these say, past the rules for connections that leave the machine.
        let diversions = ["PGHOSTADDR", "PGSERVICE"] + (parsed["host"] == nil ? ["PGHOST"] : [])
        if let name = diversions.first(where: { environment[$0]?.isEmpty == false }) {
            throw Fault(description: "the variable \(name) is set, which libpq would follow; take it away")
        }
        parameters = try PostgreSQLTransport(parsed).secured()
    }

    /// Whether somebody means PostgreSQL by this text.
    package static func isMeant(by text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// What may be shown: database, host and port.
    package var description: String {
        let host = parameters["host"] ?? "this machine"
        let port = parameters["port"].map { ":\($0)" } ?? ""
        return "\(parameters["dbname"] ?? "") on \(host)\(port)"
    }

    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Checked by name before libpq reads it, whose complaint would repeat more than a name.
    private static func unknownOption(in text: String) -> String? {
        let place = text.lastIndex(of: "@") ?? text.startIndex
        guard let query = text[place...].split(separator: "?", maxSplits: 1).dropFirst().first else { return nil }
        let names = query.split(separator: "&").map { $0.prefix { $0 != "=" } }
        guard let name = names.first(where: { !options.contains(String($0)) }) else { return nil }
        let isName = name.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F } && name.count <= 40
        return isName ? String(name) : "whose name is no name"
    }

    private static func parse(_ text: String) -> [String: String]? {
        var complaint: UnsafeMutablePointer<CChar>?
        let first = PQconninfoParse(text, &complaint)
        defer {
            PQfreemem(complaint)
            PQconninfoFree(first)
        }
        guard var option = first else { return nil }
        var found: [String: String] = [:]
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                found[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return found
    }
}
