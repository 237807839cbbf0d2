/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_OUTPUT_FILE_H
#define ECLD_OUTPUT_FILE_H

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

namespace ecld
{

/**
 * @brief A file that is there whole or not at all: written beside its place and renamed when done.
 *
 * Without Commit, the destructor removes what was written. A process that is killed leaves
 * `PATH.part`, which the next run overwrites.
 */
class OutputFile
{
  public:
    /**
     * Open the file beside its place, and make the folder if need be.
     * @param path where the file will be
     * @throws std::runtime_error naming the path when it cannot be written
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
     * Close the file, so that what it holds is with the operating system, without putting it in its
     * place.
     * @throws std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Close();

    /**
     * Close the file and put it in its place.
     * @throws std::runtime_error naming the path when that fails
     */
    void Commit();

  private:
    std::string m_path;         //!< where the file will be
    std::string m_partPath;     //!< where it is written
    std::ofstream m_stream;     //!< its stream
    uint64_t m_writtenBytes{0}; //!< bytes written by Write
};

/**
 * @brief Write a whole text at once, beside its place and renamed.
 * @param path where the file will be
 * @param text its content
 * @throws std::runtime_error naming the path when it cannot be written
 */
void WriteTextFile(const std::string& path, const std::string& text);

} // namespace ecld

#endif // ECLD_OUTPUT_FILE_H
