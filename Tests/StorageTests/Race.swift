/// Starts the same thing many times at once and says how many were told `true`.
func winners(
    of count: Int = 200, _ attempt: @escaping @Sendable (Int) async throws -> Bool
) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<count {
            group.addTask { try await attempt(number) }
        }
        return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
    }
}
