import Foundation
import Identity
import OAuth

/// The sentences of one letter, from the catalogue.
struct LetterWords {
    private let letter: Letter
    private let catalogue: Catalogue
    private let variables: [String: String]
    private let places: any PlaceDirectory
    private let providerNames: [String: String]

    init(_ letter: Letter, catalogue: Catalogue, settings: WebSettings, places: any PlaceDirectory) {
        self.letter = letter
        self.places = places
        providerNames = settings.providerNames
        self.catalogue = catalogue
        variables = [
            "issuer": settings.serviceName, "address": settings.issuer, "email": letter.to.typed,
            "name": letter.name ?? "",
        ]
    }

    func general(_ key: String) -> String { catalogue.text("mail.\(key)", variables) }
    func sentence(_ key: String) -> String { general("\(letter.kind.rawValue).\(key)") }

    func optional(_ key: String) -> String? {
        catalogue.has("mail.\(letter.kind.rawValue).\(key)") ? sentence(key) : nil
    }

    /// Only to somebody whose address is proven, and only by what is no address itself: whoever signs up with a
    /// stranger's address must not be able to have a message of their own delivered in our name.
    var greeting: String? {
        guard let name = letter.name, !name.isEmpty, letter.kind.isToProvenAddress, !Self.mayBeLink(name) else {
            return nil
        }
        return general("greeting")
    }

    /// Mail programs make links of anything with a dot or a slash between letters.
    private static func mayBeLink(_ name: String) -> Bool {
        let marks = Set("./\\:@<>".unicodeScalars)
        let words = name.split(separator: " ")
        return words.contains { word in
            // "J." and "Jr." are names.
            word.unicodeScalars.dropLast().contains(where: marks.contains)
                || word.contains(where: { "/\\:@<>".contains($0) })
        }
    }

    /// Wherever a network address is told, so is its place, as far as it is known (B095).
    var facts: [(label: String, value: String)] {
        let hasPlace = letter.facts.contains { $0.fact == .place }
        return letter.facts.flatMap { fact, value in
            let own = (label(of: fact), self.value(of: fact, value))
            guard fact == .address, !hasPlace else { return [own] }
            return [(label(of: .place), self.value(of: .place, places.place(of: value) ?? "")), own]
        }
    }

    private func label(of fact: Letter.Fact) -> String {
        optional("fact.\(fact.rawValue)") ?? general("fact.\(fact.rawValue)")
    }

    private func value(of fact: Letter.Fact, _ value: String) -> String {
        switch fact {
        case .time, .until:
            Int64(value).map { TimeText(catalogue: catalogue, now: Instant(seconds: $0)).exact(Instant(seconds: $0)) }
                ?? value
        case .place: value.isEmpty ? general("place_unknown") : Self.line(value)
        case .method:
            catalogue.has("mail.method.\(value)")
                ? general("method.\(value)") : Self.line(providerNames[value] ?? value)
        case .device, .address, .application, .emailAddress, .reason, .codesLeft: Self.line(value)
        }
    }

    /// One line: what somebody typed cannot look like a further fact or a further paragraph.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }))
    }
}

extension Letter.Kind {
    /// Whether the address is known to be the person's whom the letter is about.
    fileprivate var isToProvenAddress: Bool {
        switch self {
        case .signUp, .alreadyRegistered, .invitation, .verification, .recovery, .addressChange, .addressTaken,
            .magicLink, .magicLinkNotForYou:
            false
        case .test, .welcome, .confirmation, .passwordChanged, .addressChangeRequested, .addressChanged,
            .addressRestored, .signInNotice, .noticesTurnedOff, .magicLinksTurnedOn, .staffLinkMade, .identityLinked,
            .identityRemoved, .deletionPlanned, .accountRestored,
            .accountDisabled, .recoveryStarted, .secondFactorCode, .firstFactorAdded, .factorAdded, .factorRemoved,
            .factorLocked, .backupCodeUsed, .backupCodesRenewed, .factorRecovery, .factorRecoveryAsked,
            .factorRecoveryCancelled, .factorRecovered, .factorsReset:
            true
        }
    }
}
