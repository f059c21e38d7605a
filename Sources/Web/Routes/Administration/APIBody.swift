import Identity
import JSON
import OAuth

/// What a call brings beside its address: only members that are named for it, each of its type (IN1, IN4).
struct APIBody: Sendable {
    private let object: JSONObject

    /// The JSON body of a write. Everything that is wrong is told at once, never with what was sent.
    init(_ visit: Visit, _ fields: [APIField]) throws(APIProblem) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: visit.body, maximumDepth: 8)
        } catch {
            throw APIProblem(
                .malformedRequest, "the body is no JSON text: \(error)", .apiBody("a body that is no JSON text"))
        }
        guard let object = value.objectValue else {
            throw APIProblem(
                .malformedRequest, "the body is no JSON object", .apiBody("a body that is no JSON object"))
        }
        self.object = object
        try check(fields, place: { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") })
    }

    /// The query of a read.
    init(query visit: Visit, _ fields: [APIField]) throws {
        var object = JSONObject()
        let parameters = try visit.queryParameters()
        for (name, text) in parameters.pairs {
            let field = fields.first { $0.name.isExactly(name) }
            object[name] = field?.value(of: text) ?? .string(text)
        }
        self.object = object
        try check(fields, place: { "?" + $0 })
    }

    subscript(_ name: String) -> JSONValue? { object[name] }
    func text(_ name: String) -> String? { object[name]?.stringValue }
    func flag(_ name: String) -> Bool { object[name]?.boolValue ?? false }

    private func check(_ fields: [APIField], place: (String) -> String) throws(APIProblem) {
        var faults: [APIProblem.Fault] = []
        for member in object.members {
            guard let field = fields.first(where: { $0.name.isExactly(member.key) }) else {
                faults.append(.init(pointer: place(Self.shown(member.key)), detail: Self.refusal(of: member.key)))
                continue
            }
            if let fault = field.fault(with: member.value) {
                faults.append(.init(pointer: place(field.name), detail: "\(field.name) \(fault)"))
            }
        }
        for field in fields where field.isRequired && object[field.name] == nil {
            faults.append(.init(pointer: place(field.name), detail: "\(field.name) is missing"))
        }
        guard let first = faults.first else { return }
        throw APIProblem(
            .invalidMember, first.detail, .apiBody("members that are missing, unknown, read-only or of another type"),
            faults: faults)
    }

    /// What somebody may not set is said to be that, so that nobody believes it was set (IN4).
    private static func refusal(of name: String) -> String {
        let isReadOnly = APISchema.all.contains { schema in schema.members.contains { $0.name.isExactly(name) } }
        return isReadOnly ? "\(name) is read-only here" : "there is no such member here"
    }

    private static func shown(_ name: String) -> String { PlainText.escaped(name).beginning(60) }
}
