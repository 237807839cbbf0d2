/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_OUTPUT_FILE_H
#define LLM_MEC_OUTPUT_FILE_H

#include <fstream>
#include <memory>
#include <string>

namespace base
{
class FileLock;
} // namespace base

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A file that is there whole or not at all: written beside its place and renamed when done.
 *
 * Without Commit, the destructor removes what was written. Until then no other process can write the
 * same file: the part file is locked. What a process that was killed has left is overwritten.
 */
class LlmMecOutputFile
{
  public:
    /**
     * Open the file beside its place, and make the folder if need be.
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
     * Close the file and put it in its place.
     * @throw std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Commit();

  private:
    std::string m_path;                     //!< where the file will be
    std::string m_partPath;                 //!< where it is written
    std::unique_ptr<base::FileLock> m_lock; //!< on the part file
    std::ofstream m_stream;                 //!< its stream
    bool m_isCommitted{false};              //!< it is in its place
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_OUTPUT_FILE_H
