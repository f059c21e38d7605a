import JSON
import OAuth

/// One fault of one registration; in a file, with the place an editor can jump to.
package struct ClientFault: Sendable, Equatable, CustomStringConvertible {
    /// The file, or what stands for one.
    package let file: String
    /// Line and column; `nil` when the file, or its folder, could not be read at all, and in the database.
    package let line: Int?
    package let column: Int?
    package let message: String
    package let suggestion: String?

    package init(file: String, message: String) {
        self.file = file
        line = nil
        column = nil
        self.message = message
        suggestion = nil
    }

    init(_ fault: JSONFault, in file: String) {
        self.file = file
        line = fault.line
        column = fault.column
        message = "this is not JSON: \(fault.message)"
        suggestion = nil
    }

    /// Points at the member the fault is about or, when it is missing, at what should hold it.
    init(_ fault: RegistrationFault, in file: String, positions: JSONPositions) {
        var path = fault.path
        var place = positions.position(of: path)
        while place == nil, path.popLast() != nil { place = positions.position(of: path) }
        self.file = file
        line = place?.line ?? 1
        column = place?.column ?? 1
        message = fault.message
        suggestion = fault.suggestion
    }

    package var description: String {
        let place = line.flatMap { line in column.map { ":\(line):\($0)" } } ?? ""
        return "\(file)\(place): \(message)" + (suggestion.map { " (did you mean \($0)?)" } ?? "")
    }
}
