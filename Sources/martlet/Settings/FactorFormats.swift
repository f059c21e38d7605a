import Identity
import OAuth

extension SettingFormat where Value == [AuthenticationLevels.Rule] {
    /// In the file one line for each, the lowest first: `urn:example:gold: 2, phishing_resistant`; in a variable
    /// `urn:example:bronze=1; urn:example:gold=2, phishing_resistant`.
    static let levels = Self(
        expected: "names, each with 1 to 4 kinds of proof and perhaps phishing_resistant, such as urn:example:gold=2",
        text: {
            $0.map { "\($0.name)=\($0.classes)" + ($0.isPhishingResistant ? ", \(resistant)" : "") }.joined(
                separator: "; ")
        }
    ) { raw throws(SettingRefusals) in
        var levels: [AuthenticationLevels.Rule] = []
        var refusals: [SettingRefusals.Refusal] = []
        for (name, words) in try raw.pairs() {
            if let reason = fault(name.text, words.text, beside: levels) {
                refusals.append(.init(seen: name, reason: reason))
            }
            let parts = words.text.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
            levels.append(
                AuthenticationLevels.Rule(
                    name.text, classes: parts.first.flatMap { Int($0) } ?? 0, isPhishingResistant: parts.count > 1))
        }
        guard refusals.isEmpty else { throw SettingRefusals(all: refusals) }
        guard !levels.isEmpty else { throw SettingRefusals(because: "at least one is needed") }
        return levels
    }

    private static let resistant = "phishing_resistant"

    private static func fault(_ name: String, _ words: String, beside others: [AuthenticationLevels.Rule]) -> String? {
        // Names stand in lists with spaces between (OpenID Connect Core §3.1.2.1, acr_values).
        guard (1...200).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && ![0x22, 0x3B, 0x3D, 0x5C].contains($0) })
        else { return "a level is of 1 to 200 printable ASCII characters without space, quotes, =, ; and backslash" }
        guard !others.contains(where: { $0.name == name }) else { return "this level stands there twice" }
        let parts = words.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmingPrefix(while: \.isWhitespace)) }
        guard let classes = parts.first.flatMap({ Int($0) }), (1...Proof.Class.allCases.count).contains(classes) else {
            return "it takes 1 to \(Proof.Class.allCases.count) kinds of proof"
        }
        guard parts.count == 1 || parts.dropFirst().elementsEqual([resistant]) else {
            return "beside the number only \(resistant) can stand"
        }
        return nil
    }
}

extension SettingFormat where Value == [DemandedLevel] {
    static let scopeLevels = demands("scopes", "orders=urn:martlet:acr:2") { name in
        (try? ScopeSet(parsing: name))?.names == [name]
            ? nil : "a scope is printable ASCII without spaces, quotes and backslashes"
    }

    static let roleLevels = demands("roles", "staff=urn:martlet:acr:2") { name in
        RoleName.isValid(name) ? nil : "a role is of letters, digits, - and _, at most \(RoleName.longest)"
    }

    /// Whether the levels exist is known when everything is read (`factorFaults`).
    private static func demands(
        _ what: String, _ example: String, _ fault: @escaping @Sendable (String) -> String?
    ) -> Self {
        Self(
            expected: "\(what) with a level each, such as \(example)",
            text: { $0.isEmpty ? "none" : $0.map { "\($0.name)=\($0.level)" }.joined(separator: "; ") }
        ) { raw throws(SettingRefusals) in
            var demands: [DemandedLevel] = []
            var refusals: [SettingRefusals.Refusal] = []
            for (name, level) in try raw.pairs() {
                let twice = demands.contains { $0.name == name.text } ? "it stands there twice" : nil
                if let reason = fault(name.text) ?? twice { refusals.append(.init(seen: name, reason: reason)) }
                demands.append(DemandedLevel(name: name.text, level: level.text))
            }
            guard refusals.isEmpty else { throw SettingRefusals(all: refusals) }
            return demands
        }
    }
}

extension SettingFormat where Value == [String] {
    /// Roles, or everybody.
    static let roleNamesOrAll: SettingFormat<[String]> = {
        let expected = roleNames.expected + "; or *"
        return SettingFormat<[String]>(expected: expected, text: roleNames.text) { raw throws(SettingRefusals) in
            let all = SettingFormat<String>.single(expected, text: { $0 }) { raw throws(SettingRefusals) in raw.text }
            let given = try all.list(expected).parse(raw)
            return given == [FactorSettings.everybody] ? given : try roleNames.parse(raw)
        }
    }()

    /// RFC 7591 §2 as `ClientRegistration` narrows it; whether they are registered can change at any time.
    static let clientNames = each("ids of clients, as martlet client list shows them") { id in
        ClientRegistration.fault(ofID: id)
    }

    /// By whole segments, so that `/help` is not `/helpers` (B106).
    static let exemptPaths = each("paths below the issuer, such as /help") { path in
        guard path.utf8.count <= 200, path.hasPrefix("/"), path.count > 1 else {
            return "a path begins with / and names a page"
        }
        guard !path.contains("*") else { return "there are no wildcards: a path stands for all that is below it" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            segment.utf8.allSatisfy(isPlainInPath) && !["", ".", ".."].contains(segment)
        }
        return isPlain ? nil : "its segments are of letters, digits, -, . and _, with no slash at the end"
    }

    private static func isPlainInPath(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// Each once, and each as it must be.
    private static func each(_ expected: String, _ fault: @escaping @Sendable (String) -> String?) -> Self {
        let list = SettingFormat<String>.single(expected, text: { $0 }) { raw throws(SettingRefusals) in
            if let reason = fault(raw.text) { throw SettingRefusals(raw, because: reason) }
            return raw.text
        }.list(expected)
        return SettingFormat<[String]>(expected: list.expected, text: list.text) { raw throws(SettingRefusals) in
            let names = try list.parse(raw)
            if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
                throw SettingRefusals(because: "\(twice) stands there twice")
            }
            return names
        }
    }
}
