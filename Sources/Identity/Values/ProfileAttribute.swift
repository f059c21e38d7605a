import Foundation
import JSON

/// Something this installation asks of people beside what everybody asks, and the claim that apps are told it by
/// (B033, B057).
package struct ProfileAttribute: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case text
        case url
        case boolean
        case choice([String])
    }

    /// In the profile and in forms.
    package let name: String
    package let kind: Kind
    package let label: String
    package let claim: String
    /// Told to apps that may use this scope, and to no other.
    package let scope: String
    /// Whether the person can change it, or operators alone.
    package let isEditable: Bool

    package init(name: String, kind: Kind, label: String, claim: String, scope: String, isEditable: Bool) {
        self.name = name
        self.kind = kind
        self.label = label
        self.claim = claim
        self.scope = scope
        self.isEditable = isEditable
    }

    package static let longestText = 200
    package static let longestURL = 500

    /// A typed text as a value: `nil` inside for nothing at all, `.failure` for what this attribute cannot be.
    package func value(of typed: String?) -> Result<JSONValue?, ProfileProblem.Fault> {
        let text = (typed ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        switch kind {
        case .boolean: return .success(.bool(!text.isEmpty))
        case .choice(let choices):
            guard !text.isEmpty else { return .success(nil) }
            return choices.contains { $0.isExactly(text) } ? .success(.string(text)) : .failure(.malformed)
        case .text:
            guard !text.isEmpty else { return .success(nil) }
            guard text.unicodeScalars.count <= Self.longestText else { return .failure(.tooLong(Self.longestText)) }
            return VisibleText.isOneLine(text) ? .success(.string(text)) : .failure(.malformed)
        case .url:
            guard !text.isEmpty else { return .success(nil) }
            guard text.utf8.count <= Self.longestURL else { return .failure(.tooLong(Self.longestURL)) }
            return Self.isWebAddress(text) ? .success(.string(text)) : .failure(.malformed)
        }
    }

    /// Whether a value is one that could have been typed.
    package func holds(_ value: JSONValue) -> Bool {
        if case .boolean = kind { return value.boolValue != nil }
        guard let text = value.stringValue, case .success(.some(let read)) = self.value(of: text) else { return false }
        return read.stringValue?.isExactly(text) ?? false
    }

    /// http or https with a host; no script, no name and password.
    private static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#""'\<>^`{|}"#.utf8.contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased()
        else { return false }
        return ["https", "http"].contains(scheme) && parts.host?.isEmpty == false && parts.user == nil
            && parts.password == nil
    }
}
