import ArgumentParser
import Identity

extension RoleName {
    /// For arguments: a wrong one is a wrong question.
    static func validate(_ names: [String]) throws {
        for name in names where !isValid(name) {
            throw ValidationError("\(Seen.quoted(name)) is no role; give letters, digits, - and _, at most 64")
        }
    }
}
