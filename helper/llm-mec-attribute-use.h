/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ATTRIBUTE_USE_H
#define LLM_MEC_ATTRIBUTE_USE_H

#include "ns3/object.h"

#include <map>
#include <set>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which attributes the objects of a study have, and which of them have other values than
 * their defaults were set to: what a study typed is used or refused.
 */
class LlmMecAttributeUse
{
  public:
    /**
     * Take note of an object.
     * @param object the object, with all its attributes
     */
    void Note(Ptr<const Object> object);

    /**
     * Take note of an attribute that its object is given after it was made, whatever its default.
     * @param name type and attribute
     */
    void NoteReplaced(const std::string& name);

    /**
     * Take note of all that another has noted.
     * @param other the other
     */
    void Add(const LlmMecAttributeUse& other);

    /**
     * Refuse defaults of attributes that have no effect: no object has the attribute, or it was
     * given another value.
     * @param names attributes with their types, such as ns3::llmmec::MluApplication::MaxPowerDbm;
     * others are passed over
     * @param instead attributes that are set in another way, with what is to be typed instead
     * @throw std::invalid_argument in one line
     */
    void RefuseUnused(const std::set<std::string>& names,
                      const std::map<std::string, std::string>& instead) const;

    /**
     * Refuse what RefuseUnused refuses before there are any objects.
     * @param names as RefuseUnused takes them
     * @param instead attributes that are set in another way, with what is to be typed instead
     * @throw std::invalid_argument in one line
     */
    static void RefuseInstead(const std::set<std::string>& names,
                              const std::map<std::string, std::string>& instead);

  private:
    std::set<TypeId> m_types;         //!< of all objects
    std::set<std::string> m_replaced; //!< attributes that have other values than were set
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ATTRIBUTE_USE_H
