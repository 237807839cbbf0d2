/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_OUTPUT_FILE_H
#define BASE_OUTPUT_FILE_H

#include "file-lock.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

namespace base
{

/**
 * @brief Writes a file atomically: to PATH.part, which Commit renames to PATH.
 *
 * Without Commit, the destructor removes the part file. Until then it is locked: no other process,
 * and no other object of this one, can write the same file. A process that was killed leaves
 * PATH.part, which the next one overwrites.
 */
class OutputFile
{
  public:
    /**
     * Open the part file, and make the folder if need be.
     * @param path where the file will be
     * @throws std::runtime_error in one line that names the path, when it cannot be written or
     * another run is writing it
     */
    explicit OutputFile(const std::string& path);
    ~OutputFile();

    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// @return the stream, for text; Write counts, the stream does not
    std::ostream& GetStream();

    /**
     * @param data bytes to append
     * @param sizeBytes how many
     * @throws std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Write(const void* data, std::size_t sizeBytes);

    /// @return bytes written by Write
    uint64_t GetWrittenBytes() const;

    /**
     * Find out early that writing has failed, in a run that goes on writing for long.
     * @throws std::runtime_error naming the path when it has
     */
    void RequireWritable() const;

    /**
     * Close the part file, so that what it holds is with the operating system; it is not renamed.
     * @throws std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Close();

    /**
     * Close the part file and rename it.
     * @throws std::runtime_error naming the path when that fails
     */
    void Commit();

  private:
    std::string m_path;               //!< where the file will be
    std::string m_partPath;           //!< where it is written
    std::unique_ptr<FileLock> m_lock; //!< on the part file
    std::ofstream m_stream;           //!< its stream
    uint64_t m_writtenBytes{0};       //!< bytes written by Write
    bool m_isCommitted{false};        //!< whether it has been renamed
};

/**
 * @brief Write a whole text at once, atomically.
 * @param path where the file will be
 * @param text its content
 * @throws std::runtime_error naming the path when it cannot be written
 */
void WriteTextFile(const std::string& path, const std::string& text);

} // namespace base

#endif // BASE_OUTPUT_FILE_H
