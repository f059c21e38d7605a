import Foundation
import Identity
import OAuth

/// An attribute of the setting `profile.attributes` as it was written, with everything that is wrong with it.
struct AttributeDraft {
    private let name: String
    private var kind: ProfileAttribute.Kind?
    private var label: String
    private var claim: String
    private var scope = "profile"
    private var isEditable = true
    private(set) var faults: [String] = []

    init(name: String, words: String) {
        self.name = name
        (label, claim) = (name, name)
        var parts = words.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.isEmpty { faults.append("a type is missing") } else { read(type: parts.removeFirst()) }
        read(options: parts)
        faults += [nameFault, labelFault, claimFault, scopeFault].compactMap { $0 }
    }

    /// `nil` while anything is wrong.
    var attribute: ProfileAttribute? {
        guard faults.isEmpty, let kind else { return nil }
        return ProfileAttribute(
            name: name, kind: kind, label: label, claim: claim, scope: scope, isEditable: isEditable)
    }

    /// What of it stands in an earlier one already, right or wrong as that may be.
    func repetitions(of earlier: [Self]) -> [String] {
        let hasName = earlier.contains { $0.name.isExactly(name) }
        let hasClaim = earlier.contains { $0.claim.isExactly(claim) }
        // Who gives a name twice gives its claim twice.
        if hasName { return ["the name \(Seen.quoted(name)) stands there twice"] }
        return hasClaim ? ["the claim \(Seen.quoted(claim)) stands there twice"] : []
    }

    private mutating func read(options: [String]) {
        var given: Set<String> = []
        for option in options {
            let halves = option.split(separator: "=", maxSplits: 1).map(String.init)
            let key = halves.first ?? ""
            switch (key, halves.count) {
            case ("label", 2): label = halves[1]
            case ("claim", 2): claim = halves[1]
            case ("scope", 2): scope = halves[1]
            case ("fixed", 1): isEditable = false
            default:
                faults.append("\(Seen.quoted(option)) is none of label=, claim=, scope=, fixed")
                continue
            }
            if !given.insert(key).inserted { faults.append("\(key) is given twice") }
        }
    }

    private mutating func read(type text: String) {
        switch text {
        case "text": kind = .text
        case "url": kind = .url
        case "boolean": kind = .boolean
        case _ where text.hasPrefix("choice(") && text.hasSuffix(")"): read(choices: text.dropFirst(7).dropLast())
        default: faults.append("\(Seen.quoted(text)) is none of text, url, boolean, choice(a|b)")
        }
    }

    private mutating func read(choices text: Substring) {
        let choices = text.split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard (2...50).contains(choices.count), Set(choices).count == choices.count,
            choices.allSatisfy({ (1...80).contains($0.count) && $0.isExactly(PlainText.escaped($0)) })
        else {
            faults.append("a choice is of 2 to 50 different texts of at most 80 characters")
            return
        }
        kind = .choice(choices)
    }

    private var nameFault: String? {
        let isName =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        return isName ? nil : "a name is of small letters, digits and _, at most 32"
    }

    private var labelFault: String? {
        let isLabel = (1...60).contains(label.count) && label.isExactly(PlainText.escaped(label))
        return isLabel ? nil : "its label must be one line of at most 60 characters"
    }

    /// A claim of our own under the name of a registered one would be taken for it.
    private var claimFault: String? {
        guard !ClaimRelease.standard.contains(claim) else {
            return "the claim \(Seen.quoted(claim)) means something already; give another with claim="
        }
        let isClaim =
            (1...128).contains(claim.utf8.count)
            && claim.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        // Said of the name where the claim is the name.
        guard !isClaim, !claim.isExactly(name) else { return nil }
        return "the claim \(Seen.quoted(claim)) is not of 1 to 128 printable ASCII characters without quotes"
    }

    /// `openid` alone tells who somebody is, and nothing of them (B026).
    private var scopeFault: String? {
        ["openid", "offline_access"].contains(scope) ? "the scope \(scope) tells nothing of people" : nil
    }
}
