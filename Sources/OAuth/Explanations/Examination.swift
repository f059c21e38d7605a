/// The checks of one refused request, in order: those it passed, the one it failed, and those it did not reach.
package struct Examination: Sendable, Equatable {
    package struct Check: Sendable, Equatable {
        package enum Outcome: Sendable, Equatable {
            /// With the value it was content with, where there is one to show.
            case passed(ShownText?)
            case failed(Finding)
            case notReached
        }

        package let name: CheckName
        package let outcome: Outcome

        package init(_ name: CheckName, _ outcome: Outcome) {
            self.name = name
            self.outcome = outcome
        }
    }

    package let checks: [Check]
    /// Whom it is about, as far as that was established.
    package let clientID: String?
    package let subject: String?

    package init(checks: [Check], clientID: String? = nil, subject: String? = nil) {
        self.checks = checks
        self.clientID = clientID
        self.subject = subject
    }

    /// - Parameter established: values of checks that were passed; those of others are left out.
    package init(
        _ finding: Finding, in course: [CheckName], established: Established = Established()
    ) {
        let place = course.firstIndex(of: finding.check) ?? 0
        let passed = course.prefix(place).map { Check($0, .passed(established.values[$0])) }
        let rest = course.dropFirst(place).filter { $0 != finding.check }.map { Check($0, .notReached) }
        self.init(
            checks: passed + [Check(finding.check, .failed(finding))] + rest,
            clientID: passed.contains { $0.name == .client } || finding.check == .clientProof
                ? established.clientID : nil,
            subject: established.subject)
    }

    package var failed: Finding? {
        for case .failed(let finding) in checks.lazy.map(\.outcome) { return finding }
        return nil
    }
}

/// What was found in order before something was not.
package struct Established: Sendable, Equatable {
    package var values: [CheckName: ShownText] = [:]
    package var clientID: String?
    package var subject: String?

    package init(_ values: [CheckName: ShownText] = [:], clientID: String? = nil, subject: String? = nil) {
        self.values = values
        self.clientID = clientID
        self.subject = subject
    }

    /// A client that has shown who it is.
    package init(_ client: Client) {
        self.init(
            [.client: .known(client.id), .clientProof: .known(client.authenticationMethod.rawValue)],
            clientID: client.id)
    }
}
