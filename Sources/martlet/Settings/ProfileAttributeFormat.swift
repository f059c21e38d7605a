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
        let drafts = try raw.pairs().map {
            (seen: $0.name, draft: AttributeDraft(name: $0.name.text, words: $0.value.text))
        }
        var refusals: [SettingRefusals.Refusal] = []
        for (place, (seen, draft)) in drafts.enumerated() {
            let earlier = drafts.prefix(place).map(\.draft)
            for reason in draft.faults + draft.repetitions(of: earlier) {
                refusals.append(.init(seen: seen, reason: reason))
            }
        }
        let attributes = drafts.compactMap(\.draft.attribute)
        guard refusals.isEmpty, attributes.count == drafts.count else { throw SettingRefusals(all: refusals) }
        return attributes
    }
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
}
