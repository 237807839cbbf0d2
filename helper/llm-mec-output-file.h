/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_OUTPUT_FILE_H
#define LLM_MEC_OUTPUT_FILE_H

#include <fstream>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A file that is there whole or not at all: written beside its place and renamed when done.
 *
 * Without Commit, the destructor removes what was written.
 */
class LlmMecOutputFile
{
  public:
    /**
     * Open the file beside its place, and make the folder if need be.
     * @param path where the file will be
     * @throw std::runtime_error naming the path when it cannot be written
     */
    explicit LlmMecOutputFile(const std::string& path);
    ~LlmMecOutputFile();

    LlmMecOutputFile(const LlmMecOutputFile&) = delete;
    LlmMecOutputFile& operator=(const LlmMecOutputFile&) = delete;

    /// @return the stream to write to
    std::ostream& GetStream();

    /**
     * Close the file and put it in its place.
     * @throw std::runtime_error naming the path when that fails, such as on a full disk
     */
    void Commit();

  private:
    std::string m_path;     //!< where the file will be
    std::string m_partPath; //!< where it is written
    std::ofstream m_stream; //!< its stream
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_OUTPUT_FILE_H
