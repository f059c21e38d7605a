/// A secret that somebody else has made. Printed, nothing of it shows.
struct SecretText: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    let text: String
    var description: String { "[redacted]" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
