import Foundation

/// How the values of one kind of setting are written and read.
struct SettingFormat<Value: Sendable>: Sendable {
    let expected: String
    /// The value as one would write it.
    let text: @Sendable (Value) -> String
    let parse: @Sendable (RawSetting) throws(SettingRefusals) -> Value

    init(
        expected: String, text: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (RawSetting) throws(SettingRefusals) -> Value
    ) {
        self.expected = expected
        self.text = text
        self.parse = parse
    }

    /// A format of one piece of text; lists and pairs are refused.
    static func single(
        _ expected: String, text: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (RawText) throws(SettingRefusals) -> Value
    ) -> Self {
        Self(expected: expected, text: text) { raw throws(SettingRefusals) in
            guard case .text(let raw) = raw else { throw SettingRefusals() }
            return try parse(raw)
        }
    }

    /// Several of this format: a list in the file, or one text with commas between. Each element that is
    /// wrong is told.
    func list(_ expected: String) -> SettingFormat<[Value]> {
        let written = { @Sendable (values: [Value]) in
            values.isEmpty ? "none" : values.map(text).joined(separator: ", ")
        }
        return SettingFormat<[Value]>(expected: expected, text: written) { raw throws(SettingRefusals) in
            var values: [Value] = []
            var refusals: [SettingRefusals.Refusal] = []
            for element in try raw.elements() {
                do throws(SettingRefusals) {
                    values.append(try parse(.text(element)))
                } catch {
                    refusals += error.refusals.map { .init(seen: $0.seen ?? element, reason: $0.reason) }
                }
            }
            guard refusals.isEmpty else { throw SettingRefusals(all: refusals) }
            return values
        }
    }
}

extension RawSetting {
    fileprivate func elements() throws(SettingRefusals) -> [RawText] {
        switch self {
        case .list(let elements, _): return elements
        case .text(let raw):
            return raw.text.split(separator: ",").map {
                RawText(text: $0.trimmingCharacters(in: .whitespaces), origin: raw.origin)
            }
        case .pairs: throw SettingRefusals()
        }
    }
}
