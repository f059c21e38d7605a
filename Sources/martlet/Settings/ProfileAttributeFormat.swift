import Foundation
import Identity
import OAuth

extension SettingFormat where Value == [ProfileAttribute] {
    /// In the file one line for each: `department: text, label=Department, scope=profile`; in a variable
    /// `department=text, label=Department; …`.
    static let attributes = Self(
        expected: """
            names with a type (text, url, boolean or choice(a|b)) and label=, claim=, scope= or fixed, such as \
            department=text, label=Department
            """,
        text: { $0.isEmpty ? "none" : $0.map { "\($0.name)=\($0.written)" }.joined(separator: "; ") }
    ) { raw throws(SettingRefusals) in
        var attributes: [ProfileAttribute] = []
        var refusals: [SettingRefusals.Refusal] = []
        for (name, words) in try raw.pairs() {
            do throws(AttributeFault) {
                attributes.append(try ProfileAttribute(name: name.text, words: words.text, beside: attributes))
            } catch {
                refusals.append(.init(seen: name, reason: error.reason))
            }
        }
        guard refusals.isEmpty else { throw SettingRefusals(all: refusals) }
        return attributes
    }
}

struct AttributeFault: Error {
    let reason: String
}

extension ProfileAttribute {
    /// As one would write it.
    fileprivate var written: String {
        let type =
            switch kind {
            case .text: "text"
            case .url: "url"
            case .boolean: "boolean"
            case .choice(let choices): "choice(\(choices.joined(separator: "|")))"
            }
        return "\(type), label=\(label), claim=\(claim), scope=\(scope)" + (isEditable ? "" : ", fixed")
    }

    init(name: String, words: String, beside others: [ProfileAttribute]) throws(AttributeFault) {
        let isName =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        guard isName else { throw AttributeFault(reason: "a name is of small letters, digits and _, at most 32") }
        var parts = words.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !parts.isEmpty else { throw AttributeFault(reason: "a type is missing") }
        let kind = try Self.kind(parts.removeFirst())
        var (label, claim, scope, isEditable) = (name, name, "profile", true)
        for part in parts {
            let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
            switch (halves.first, halves.count) {
            case ("label", 2): label = halves[1]
            case ("claim", 2): claim = halves[1]
            case ("scope", 2): scope = halves[1]
            case ("fixed", 1): isEditable = false
            default: throw AttributeFault(reason: "\(Seen.quoted(part)) is none of label=, claim=, scope=, fixed")
            }
        }
        guard (1...60).contains(label.count), label == PlainText.escaped(label) else {
            throw AttributeFault(reason: "its label must be one line of at most 60 characters")
        }
        // A claim of our own under the name of a registered one would be taken for it.
        guard !ClaimRelease.standard.contains(claim), (1...128).contains(claim.utf8.count),
            claim.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        else { throw AttributeFault(reason: "the claim \(Seen.quoted(claim)) cannot be one of its own") }
        // openid alone tells who somebody is, and nothing of them (B026).
        guard !["openid", "offline_access"].contains(scope) else {
            throw AttributeFault(reason: "the scope \(scope) tells nothing of people")
        }
        guard !others.contains(where: { $0.name == name || $0.claim == claim }) else {
            throw AttributeFault(reason: "this name or claim stands there twice")
        }
        self.init(name: name, kind: kind, label: label, claim: claim, scope: scope, isEditable: isEditable)
    }

    private static func kind(_ text: String) throws(AttributeFault) -> Kind {
        switch text {
        case "text": return .text
        case "url": return .url
        case "boolean": return .boolean
        default: break
        }
        guard text.hasPrefix("choice("), text.hasSuffix(")") else {
            throw AttributeFault(reason: "\(Seen.quoted(text)) is none of text, url, boolean, choice(a|b)")
        }
        let choices = text.dropFirst(7).dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard (2...50).contains(choices.count), Set(choices).count == choices.count,
            choices.allSatisfy({ (1...80).contains($0.count) && $0 == PlainText.escaped($0) })
        else { throw AttributeFault(reason: "a choice is of 2 to 50 different texts") }
        return .choice(choices)
    }
}
