/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_OUTPUT_FILE_H
#define LLM_MEC_OUTPUT_FILE_H

#include <memory>
#include <ostream>
#include <string>

namespace base
{
class OutputFile;
} // namespace base

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Writes a file atomically: to PATH.part, which Commit renames to PATH.
 *
 * Without Commit, the destructor removes the part file. Until then no other process can write the
 * same file: the part file is locked. What a process that was killed has left is overwritten.
 */
class LlmMecOutputFile
{
  public:
    /**
     * Open the part file, and make the folder if need be.
     * @param path where the file will be
     * @throw std::runtime_error naming the path when it cannot be written, or is being written by
     * another run
     */
    explicit LlmMecOutputFile(const std::string& path);
    ~LlmMecOutputFile();

    LlmMecOutputFile(const LlmMecOutputFile&) = delete;
    LlmMecOutputFile& operator=(const LlmMecOutputFile&) = delete;

    /// @return the stream to write to
    std::ostream& GetStream();

    /**
     * Find out early that writing has failed, in a run that goes on writing for long.
     * @throw std::runtime_error naming the path when it has
     */
    void RequireWritable() const;

    /**
     * Close the part file and rename it.
     * @throw std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Commit();

  private:
    std::unique_ptr<base::OutputFile> m_file; //!< the file
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_OUTPUT_FILE_H
