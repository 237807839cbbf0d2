/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ARCHIVE_H
#define AGENTS_ARCHIVE_H

#include <map>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief A checkpoint: named sections of bytes in one file, with a checksum.
 *
 * The file is the text "llm-mec agent 1\n"; for each section, in the order of the names, the length
 * of its name and of its bytes (both 64 bits, little endian), the name, the bytes; and at the end
 * the CRC-32 of all before, 32 bits, little endian.
 */
class Archive
{
  public:
    /**
     * Store a section, in place of an older one of that name.
     * @param section its name
     * @param bytes what it holds
     */
    void Put(const std::string& section, std::string bytes);

    /// @param section a name @return whether there is such a section
    bool Has(const std::string& section) const;

    /**
     * @param section its name
     * @return what it holds
     * @throw std::runtime_error in one line that names file and section when there is none
     */
    const std::string& Get(const std::string& section) const;

    /// @return the file that it was read from, for errors; empty if it was not
    const std::string& GetPath() const;

    /**
     * Write the file atomically, base::OutputFile.
     * @param path file name; its folder is there
     * @throw std::runtime_error in one line that names the file
     */
    void Write(const std::string& path) const;

    /**
     * Read a file.
     * @param path file name
     * @return the sections
     * @throw std::runtime_error in one line that names the file when it is missing, corrupt or
     * something else
     */
    static Archive Read(const std::string& path);

    /**
     * Read what a file would hold.
     * @param bytes the file's bytes
     * @param path what to call it in errors
     * @return the sections
     * @throw std::runtime_error as Read does
     */
    static Archive Parse(const std::string& bytes, const std::string& path);

  private:
    std::map<std::string, std::string> m_sections; //!< bytes by name
    std::string m_path;                            //!< file that was read
};

} // namespace agents

#endif // AGENTS_ARCHIVE_H
