import Foundation
import OAuth

extension SettingFormat where Value == Int {
    static func whole(_ range: ClosedRange<Int>) -> Self {
        .single("a whole number from \(range.lowerBound) to \(range.upperBound)", text: String.init) {
            raw throws(SettingRefusals) in
            guard let number = Int(raw.text), range.contains(number) else { throw SettingRefusals(raw) }
            return number
        }
    }
}

extension SettingFormat where Value == Int64 {
    /// Seconds, or a number with s, m, h or d.
    static func span(_ range: ClosedRange<Int64>) -> Self {
        let (least, most) = (SpanText.text(range.lowerBound), SpanText.text(range.upperBound))
        return .single("a time from \(least) to \(most), such as 90s, 10m, 12h or 30d", text: SpanText.text) {
            raw throws(SettingRefusals) in
            guard let seconds = SpanText.seconds(raw.text), range.contains(seconds) else { throw SettingRefusals(raw) }
            return seconds
        }
    }
}

extension SettingFormat where Value == Bool {
    static let yesOrNo = Self.single("true or false", text: String.init) { raw throws(SettingRefusals) in
        guard let value = Bool(raw.text) else { throw SettingRefusals(raw) }
        return value
    }
}

extension SettingFormat where Value == String {
    static let path = Self.single("the path of a file or folder", text: { $0 }) { raw throws(SettingRefusals) in
        guard !raw.text.isEmpty, !raw.text.utf8.contains(0) else { throw SettingRefusals(raw) }
        return raw.text
    }

    /// Shown to people, so short and free of control characters.
    static let words = Self.single("one line of at most 80 characters", text: { $0 }) { raw throws(SettingRefusals) in
        guard (1...80).contains(raw.text.count), raw.text == PlainText.escaped(raw.text) else {
            throw SettingRefusals(raw)
        }
        return raw.text
    }

    /// Where a socket listens: a numeric address, or `localhost`.
    static let host = Self.single("a network address, such as 127.0.0.1, ::1 or 0.0.0.0, or localhost", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard raw.text == "localhost" || NetworkRange.bytes(of: raw.text) != nil else { throw SettingRefusals(raw) }
        return raw.text
    }

    /// The target of a link on a page: https only, so that no script hides in it (WB9).
    static let webPage = Self.single("an https address of a web page", text: { $0 }) { raw throws(SettingRefusals) in
        guard raw.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"\"<>^`{|}"#.utf8.contains($0) }),
            let parts = URLComponents(string: raw.text), parts.scheme == "https", parts.user == nil,
            parts.host?.isEmpty == false
        else { throw SettingRefusals(raw) }
        return raw.text
    }
}

extension SettingFormat where Value: RawRepresentable<String> & CaseIterable & Equatable {
    /// One of the names of an enumeration.
    static var choice: Self {
        let names = Value.allCases.map(\.rawValue)
        let listed = names.count == 1 ? names.joined() : "one of " + names.joined(separator: ", ")
        return .single(listed, text: \.rawValue) { raw throws(SettingRefusals) in
            guard let value = Value(rawValue: raw.text) else {
                let guess = Spelling.nearest(to: raw.text, among: names)
                throw SettingRefusals(raw, because: guess.map { "did you mean \($0)?" })
            }
            return value
        }
    }
}

extension SettingFormat {
    /// Some of the names of an enumeration, each once, at least one.
    static func choices<Choice: RawRepresentable<String> & CaseIterable & Equatable & Sendable>() -> Self
    where Value == [Choice] {
        let list = SettingFormat<Choice>.choice.list(
            "names out of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return Self(expected: list.expected, text: list.text) { raw throws(SettingRefusals) in
            let values = try list.parse(raw)
            guard !values.isEmpty else { throw SettingRefusals(because: "at least one is needed") }
            if let twice = values.first(where: { value in values.count { $0 == value } > 1 }) {
                throw SettingRefusals(because: "\(twice.rawValue) stands there twice")
            }
            return values
        }
    }
}
