import JSON
import OAuth

/// What a provider tells of a person beside the key: text of strangers, taken where it is fit to be kept and left out
/// where it is not. Nobody is refused for their name.
enum ToldText {
    static func name(_ value: JSONValue?) -> String? { value?.stringValue.flatMap(name) }

    static func name(_ text: String) -> String? {
        do throws(PersonName.Fault) { return try PersonName(text).text } catch { return nil }
    }

    /// A login or an address, to be shown.
    static func label(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, (1...254).contains(text.utf8.count), VisibleText.isOneLine(text) else {
            return nil
        }
        return text
    }

    static func email(_ value: JSONValue?) -> EmailAddress? { value?.stringValue.flatMap { EmailAddress($0) } }

    /// `true`, or, as some have it, `"true"` (OpenID Connect Core §5.1 has it a boolean). Anything else is no.
    static func isTrue(_ value: JSONValue?) -> Bool {
        value?.boolValue ?? value?.stringValue?.isExactly("true") ?? false
    }

    /// A key: 1 to 255 visible ASCII characters (OpenID Connect Core §2).
    static func subject(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return text
    }
}
