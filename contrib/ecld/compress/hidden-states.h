/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_HIDDEN_STATES_H
#define ECLD_HIDDEN_STATES_H

#include <cstdint>
#include <string>
#include <torch/types.h>

namespace ecld
{

/**
 * @brief Hidden states of the calibration texts between two layers, in a mapped file of float32.
 *
 * The file is written as PATH.part and renamed when it is whole. A run that was killed leaves a
 * part file, which the next one overwrites. Only torch parts of ecld include this header.
 */
class HiddenStates
{
  public:
    /**
     * Begin a file; disk is taken at once, so that none is missing later.
     * @param path where the file will be
     * @param rows samples, > 0
     * @param length positions of a sample, > 0
     * @param channels of a position, > 0
     * @return states to be written, zero at first
     * @throws std::runtime_error naming the path that cannot be written, such as on a full disk
     */
    static HiddenStates Create(const std::string& path,
                               int64_t rows,
                               int64_t length,
                               int64_t channels);

    /**
     * Open a file that was committed.
     * @param path the file
     * @param length positions of a sample, > 0
     * @param channels of a position, > 0
     * @return the states, for reading
     * @throws std::runtime_error naming the path that cannot be read or has no whole rows
     */
    static HiddenStates Open(const std::string& path, int64_t length, int64_t channels);

    /// @param first row @param count of rows @return [count, length, channels], in the mapping
    at::Tensor GetRows(int64_t first, int64_t count) const;

    /// Rename the part file. @throws std::runtime_error naming the path when that fails
    void Commit();

  private:
    /// @param path of the file @param states mapped
    HiddenStates(std::string path, at::Tensor states);

    std::string m_path;  //!< where the file will be
    at::Tensor m_states; //!< [rows, length, channels], the mapping
};

} // namespace ecld

#endif // ECLD_HIDDEN_STATES_H
