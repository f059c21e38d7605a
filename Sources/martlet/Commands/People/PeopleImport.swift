import Foundation
import Identity
import JSON
import OAuth

/// Brings everybody in a file along, or says what would become of them.
///
/// The file is read to its end before anything is written: one that is damaged, within a record or between two, or cut
/// off imports nobody. Then people are created some at a time, each whole or not at all; whoever is here already is not
/// touched, so that the same command can be given again.
struct PeopleImport {
    private static let batch = 200
    /// How many damaged records are told.
    private static let mostDamage = 20

    let file: ImportFile
    let resettlement: Resettlement
    private(set) var voice: ImportVoice
    private(set) var format: any ArrivalFormat
    private(set) var report: ImportReport
    private let progress = PeopleProgress("read")
    private var lines: [String: Int] = [:]
    private var foresight = Foresight()
    private var waiting: [(arrival: ArrivingPerson, record: JSONRecords.Record)] = []

    init(
        _ file: ImportFile, _ format: any ArrivalFormat, report: ImportReport, resettlement: Resettlement,
        voice: ImportVoice
    ) {
        self.file = file
        self.format = format
        self.report = report
        self.resettlement = resettlement
        self.voice = voice
    }

    /// First reading: what stands elsewhere in the file, and whether it is whole.
    mutating func survey() throws {
        var records = try file.records(list: format.list)
        var count = 0
        var damage: [String] = []
        do {
            while let record = try records.next() {
                count += 1
                progress.tell(count)
                // Too long is not damaged: such a record is refused by itself.
                guard record.bytes != nil else { continue }
                do throws(ArrivalRefusal) {
                    format.note(try Self.object(record))
                } catch {
                    damage += error.reasons.map { "\(file.path):\(record.line): \($0)" }
                }
            }
        } catch let fault as JSONFault {
            throw CommandRefusal("\(file.path): \(fault); nothing was imported")
        }
        progress.clear()
        guard damage.isEmpty else { throw Self.refusal(of: damage) }
        guard count > 0 else {
            throw CommandRefusal(
                "\(file.path) holds nobody; is it the file of \(report.format.owner) that --format says?")
        }
        if let lack = format.lack {
            throw CommandRefusal("\(file.path): \(lack); nothing was imported", exitCode: .usage)
        }
    }

    private static func refusal(of damage: [String]) -> CommandRefusal {
        let others = damage.count - mostDamage
        return CommandRefusal(
            Array(damage.prefix(mostDamage)) + (others > 0 ? ["and \(others) more"] : [])
                + ["the file is damaged; nothing was imported"])
    }

    /// Second reading. `now` is the time of the whole import.
    mutating func run(at now: Instant) async throws {
        if report.isDryRun {
            foresight = try await resettlement.foresight()
        } else {
            try await resettlement.note()
        }
        var records = try file.records(list: format.list)
        while let record = try records.next() {
            take(record)
            if waiting.count >= Self.batch { try await settle(at: now) }
        }
        try await settle(at: now)
        progress.clear()
    }

    private mutating func take(_ record: JSONRecords.Record) {
        do throws(ArrivalRefusal) {
            let object = try Self.object(record)
            report.leave(format.leftBehind(object))
            guard let arrival = try format.read(object) else { return }
            if let other = lines[arrival.email.canonical] {
                throw ArrivalRefusal(["line \(other) has the same address"], email: arrival.email)
            }
            lines[arrival.email.canonical] = record.line
            waiting.append((arrival, record))
        } catch {
            tell(record, error.email, .refused, error.reasons)
        }
    }

    private mutating func settle(at now: Instant) async throws {
        let arrivals = waiting.map(\.arrival)
        guard !arrivals.isEmpty else { return }
        let outcomes =
            report.isDryRun
            ? try await resettlement.foresee(arrivals, after: &foresight, at: now)
            : try await resettlement.settle(arrivals, at: now)
        for ((arrival, record), outcome) in zip(waiting, outcomes) { tell(record, arrival, outcome) }
        if let last = waiting.last { progress.tell(last.record.number) }
        waiting = []
        // Whoever cannot hear who is refused would take the rest to have come.
        try voice.finish()
    }

    /// The last words.
    mutating func conclude() throws {
        voice.tell(report)
        try voice.finish()
    }

    private mutating func tell(_ record: JSONRecords.Record, _ arrival: ArrivingPerson, _ outcome: SettlingOutcome) {
        var remarks = arrival.notes
        switch outcome {
        case .emailTaken: return tell(record, arrival.email, .taken, ["somebody has this address; not touched"])
        case .subjectTaken:
            return tell(record, arrival.email, .taken, ["is here with another address; not touched"])
        case .arrivedBefore:
            return tell(
                record, arrival.email, .taken,
                ["somebody with this id came before and has another address; not touched"])
        case .removed:
            return tell(record, arrival.email, .refused, ["was here and was deleted for good (--even-deleted)"])
        case .identityTaken:
            return tell(
                record, arrival.email, .refused,
                ["somebody else signs in with the same account at a provider"])
        case .createdWithoutUsername: remarks.append("somebody has this username; left out")
        case .created: break
        }
        if resettlement.dropsAdministrator(arrival) {
            remarks.append("was an administrator there, and is none here (--with-administrators)")
        }
        report.count(arrival)
        tell(record, arrival.email, .created, remarks)
    }

    private mutating func tell(
        _ record: JSONRecords.Record, _ email: EmailAddress?, _ fate: ImportReport.Fate, _ remarks: [String]
    ) {
        let entry = ImportReport.Entry(
            line: record.line, number: record.number, email: email?.typed, fate: fate, remarks: remarks)
        report.add(entry)
        progress.clear()
        voice.tell(entry)
    }

    private static func object(_ record: JSONRecords.Record) throws(ArrivalRefusal) -> JSONObject {
        guard let bytes = record.bytes else { throw ArrivalRefusal(["the record is longer than a mebibyte"]) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, maximumBytes: 1 << 20)
        } catch {
            throw ArrivalRefusal(["line \(record.line + error.line - 1) is not JSON: \(error.message)"])
        }
        guard let object = value.objectValue else { throw ArrivalRefusal(["the record is no object"]) }
        return object
    }
}
