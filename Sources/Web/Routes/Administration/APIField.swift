import Identity
import JSON
import OAuth

/// A member of a body or a parameter of a query, and what it may be: read by this, and described by it.
struct APIField: Sendable {
    enum Kind: Sendable, Equatable {
        case text(maximum: Int)
        case boolean
        case number(ClosedRange<Int>)
        case choice([String])
        case roles
    }

    let name: String
    let kind: Kind
    let isRequired: Bool
    let summary: String

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.summary = summary
    }

    static let reason = APIField(
        "reason", .text(maximum: Reason.longest), isRequired: true,
        "Why: one line, kept with the event. No names: it outlives the account.")
    static let quiet = APIField("quiet", .boolean, "Whether the person gets no mail about it.")

    /// What is wrong with a value, as the end of a sentence; `nil` when it may be read.
    func fault(with value: JSONValue) -> String? {
        switch kind {
        case .text(let maximum):
            guard let text = value.stringValue else { return "must be a string" }
            return text.unicodeScalars.count <= maximum ? nil : "must have at most \(maximum) characters"
        case .boolean: return value.boolValue == nil ? "must be true or false" : nil
        case .number(let range):
            guard let number = value.integerValue, range.contains(Int(clamping: number)) else {
                return "must be a number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .choice(let names):
            guard let text = value.stringValue, names.contains(where: { $0.isExactly(text) }) else {
                return "must be one of \(names.joined(separator: ", "))"
            }
            return nil
        case .roles: return APIRoles(value) == nil ? APIRoles.rule : nil
        }
    }

    /// The value of a query's parameter, which is always text.
    func value(of text: String) -> JSONValue {
        switch kind {
        case .number: Int64(text).map(JSONValue.integer) ?? .string(text)
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .text, .choice, .roles: .string(text)
        }
    }
}

/// Roles as a body gives them: `[{"name": "editor", "context": "p1"}]`.
struct APIRoles: Sendable {
    static let most = 100
    static let rule =
        "must be a list of at most \(most) objects with a name, and a context where it is held in one alone: "
        + "letters, digits, - and _, at most \(RoleName.longest)"

    let roles: [Role]

    init?(_ value: JSONValue) {
        guard let elements = value.arrayValue, elements.count <= Self.most else { return nil }
        var roles: [Role] = []
        for element in elements {
            guard let object = element.objectValue, object.keys.allSatisfy({ ["name", "context"].contains($0) }),
                let name = object["name"]?.stringValue, RoleName.isValid(name)
            else { return nil }
            guard let context = object["context"] else {
                roles.append(Role(name))
                continue
            }
            guard let text = context.stringValue, RoleName.isValid(text) else { return nil }
            roles.append(Role(name, context: text))
        }
        self.roles = roles
    }
}
