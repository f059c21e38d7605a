import JSON

/// Takes the members of a registration out one by one, and keeps every fault instead of stopping at the first
/// (CF7): an operator mends a file once.
struct ClientRegistrationReader {
    static let maximumCount = 64

    let object: JSONObject
    private(set) var faults: [RegistrationFault] = []

    init(_ object: JSONObject) {
        self.object = object
        for name in object.keys where !RegistrationNames.known.contains(name) { refuse(name) }
    }

    mutating func fault(_ path: [JSONPathElement], _ message: String, suggestion: String? = nil) {
        faults.append(RegistrationFault(path: path, message: message, suggestion: suggestion))
    }

    /// Whether a rule about several members may believe this one: a fault of it, or of its misspelt name, is not told
    /// a second time.
    func isSound(_ name: String) -> Bool {
        !faults.contains { $0.path.first == .key(name) || $0.suggestion == name }
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    /// The path of a member, or of the whole text while the member is missing.
    func path(_ name: String) -> [JSONPathElement] { has(name) ? [.key(name)] : [] }

    private mutating func refuse(_ name: String) {
        let shown = name.beginning(64).debugDescription
        if let reason = RegistrationNames.reasonToRefuse(name) {
            return fault([.key(name)], "\(shown) is not allowed here: \(reason)")
        }
        fault(
            [.key(name)], "\(shown) is not a known name",
            suggestion: NearestName.to(name, among: RegistrationNames.known))
    }
}

/// One member each.
extension ClientRegistrationReader {
    mutating func text(_ name: String, maximum: Int = 200) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.stringValue, isFit(text, maximum: maximum) else {
            fault([.key(name)], "\(name) must be a text of 1 to \(maximum) bytes without control characters")
            return nil
        }
        return text
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = object[name] else { return nil }
        guard let flag = value.boolValue else {
            fault([.key(name)], "\(name) must be true or false, without quotation marks")
            return nil
        }
        return flag
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = object[name] else { return nil }
        guard let integer = value.integerValue, range.contains(integer) else {
            fault([.key(name)], "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    /// A list of texts that differ. Its good elements are given even when others are at fault.
    mutating func texts(_ name: String, maximum: Int = 512) -> [(text: String, path: [JSONPathElement])]? {
        guard let value = object[name] else { return nil }
        guard let elements = value.arrayValue, elements.count <= Self.maximumCount else {
            fault([.key(name)], "\(name) must be a list of at most \(Self.maximumCount) texts, in [ ]")
            return nil
        }
        var texts: [(text: String, path: [JSONPathElement])] = []
        for (index, element) in elements.enumerated() {
            let path: [JSONPathElement] = [.key(name), .index(index)]
            guard let text = element.stringValue, isFit(text, maximum: maximum) else {
                fault(path, "\(name) must hold texts of 1 to \(maximum) bytes without control characters")
                continue
            }
            guard !texts.contains(where: { $0.text.isExactly(text) }) else {
                fault(path, "\(name) holds the same text twice")
                continue
            }
            texts.append((text, path))
        }
        return texts
    }

    /// A text that must be one of few.
    mutating func choice<Choice: RawRepresentable<String>>(_ name: String, of allowed: [Choice]) -> Choice? {
        guard let value = object[name] else { return nil }
        return choice(value, at: [.key(name)], name, of: allowed)
    }

    mutating func choices<Choice: RawRepresentable<String>>(_ name: String, of allowed: [Choice]) -> [Choice]? {
        guard let texts = texts(name) else { return nil }
        return texts.compactMap { choice(.string($0.text), at: $0.path, name, of: allowed) }
    }

    private mutating func choice<Choice: RawRepresentable<String>>(
        _ value: JSONValue, at path: [JSONPathElement], _ name: String, of allowed: [Choice]
    ) -> Choice? {
        let names = allowed.map(\.rawValue)
        if let text = value.stringValue, let found = allowed.first(where: { $0.rawValue.isExactly(text) }) {
            return found
        }
        let suggestion = value.stringValue.flatMap { NearestName.to($0, among: names) }
        fault(path, "\(name) must be \(Self.listed(names))", suggestion: suggestion)
        return nil
    }

    static func listed(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// Control characters forge log lines, and those that turn the reading direction forge names on pages.
    private func isFit(_ text: String, maximum: Int) -> Bool {
        guard (1...maximum).contains(text.utf8.count) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }
}
